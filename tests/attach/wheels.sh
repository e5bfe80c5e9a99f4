#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# wheels.sh FOLDER: puts PyPI's confluent-kafka into FOLDER, a folder for each release.
set -eu
here=$(dirname -- "$0")
for file in "$here"/confluent-kafka-*.txt; do
  version=${file##*/confluent-kafka-}
  version=${version%.txt}
  [ -d "$1/$version" ] ||
    /usr/bin/python3 -m pip install --quiet --no-deps --require-hashes -r "$file" --target "$1/$version"
done
