#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# php.sh FOLDER: PHP's extension rdkafka as FOLDER/rdkafka.so, linked with the system's librdkafka. No package of Debian
# has it: it is built of its own repository, or the copy that PHP_RDKAFKA_REPOSITORY names, by the system's php-dev.
set -eu
commit=1d73741aeba301593fb4d5cdd9ddc6633c9e650e  # release 6.0.4
mkdir -p "$1"
cd "$1"
[ -d source ] || git clone -q "${PHP_RDKAFKA_REPOSITORY:-https://github.com/arnaud-lb/php-rdkafka}" source
cd source
git checkout -q "$commit"
phpize
./configure --quiet
make -j2
cp modules/rdkafka.so ..
