#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ruby.sh FOLDER: Ruby's rdkafka in FOLDER/source, with the librdkafka of FOLDER/../shared. Debian has no package of it:
# it is taken of its own repository, or the copy that RUBY_RDKAFKA_REPOSITORY names; Ruby and ffi are the system's.
set -eu
commit=4b6e37e1a6ee97631f2a6db05a0d80b72800c234  # release 0.22.2, the last for Ruby 3.1
mkdir -p "$1"
cd "$1"
[ -d source ] || git clone -q --no-checkout "${RUBY_RDKAFKA_REPOSITORY:-https://github.com/karafka/rdkafka-ruby}" source
cd source
git checkout -q "$commit" -- lib
mkdir -p ext
ln -sf ../../../shared/lib/librdkafka.so ext/librdkafka.so
