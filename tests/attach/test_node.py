# SPDX-License-Identifier: Apache-2.0
"""Node's node-rdkafka, whose addon is linked with the system's librdkafka; and Confluent's kafka-javascript, whose
addon is linked with one of its own.

Nightly: the first build takes minutes and a network.
"""

import os
import shutil
import unittest

from built import HERE, Built
from case import Case


class Module:
    """A module of npm, for a class that inherits Built and Case, too. `source`: where its package.json lies."""
    key, source, addon = 'node', '', ''
    environment = {}

    @classmethod
    def build(cls):
        folder = os.path.join(cls.folder, cls.source)
        shutil.copytree(os.path.join(HERE, cls.source), folder, dirs_exist_ok=True)
        shutil.copy(os.path.join(HERE, 'node', 'program.js'), folder)
        if not os.path.isfile(os.path.join(folder, 'node_modules', cls.addon)):
            # The headers are those of the system's Node.
            cls.make('npm', 'ci', '--silent', '--no-audit', '--no-fund', cwd=folder,
                     env={**os.environ, 'npm_config_nodedir': '/usr', **cls.environment})

    def command(self):
        return [shutil.which('node'), os.path.join(self.folder, self.source, 'program.js')]

    def test_it_is_traced_both_ways(self):
        self.assert_traced_both_ways(self.command())

    def test_a_setting_that_is_wrong_is_told(self):
        self.assert_told_of_a_wrong_setting(self.command())


@unittest.skipUnless(shutil.which('npm'), 'there is no Node')
class Node(Module, Built, Case):
    source, addon = 'node', 'node-rdkafka/build/Release/node-librdkafka.node'
    environment = {'BUILD_LIBRDKAFKA': '0'}


@unittest.skipUnless(shutil.which('npm'), 'there is no Node')
class KafkaJavascript(Module, Built, Case):
    source = 'kafka_javascript'
    addon = '@confluentinc/kafka-javascript/build/Release/confluent-kafka-javascript.node'
    # As it is built by default it downloads the sources of four libraries.
    environment = {'CKJS_LINKING': 'dynamic', 'npm_config_build_from_source': 'true'}

    def settings(self, **made):
        return {**super().settings(**made), 'MODULE': '@confluentinc/kafka-javascript'}


if __name__ == '__main__':
    unittest.main()
