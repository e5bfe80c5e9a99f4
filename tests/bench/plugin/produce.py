# SPDX-License-Identifier: Apache-2.0
"""produce.py BROKERS TOPIC COLLECTOR PLUGIN MESSAGES TURNS: as produce.c, by confluent_kafka."""

import statistics
import sys
import time

from confluent_kafka import Producer

BATCH = 1000
HEADERS = {'b3': b'463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1',
           'traceparent': b'00-463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-01'}
KEY, VALUE = b'pump-00042', bytes(100)


def turn(producer, topic, messages, **more):
    calls, began = 0, time.process_time_ns()
    for _ in range(messages // BATCH):
        called = time.thread_time_ns()
        for _ in range(BATCH):
            producer.produce(topic, VALUE, KEY, **more)
        calls += time.thread_time_ns() - called
        producer.poll(0)
    producer.flush(60)
    return calls / messages, (time.process_time_ns() - began) / messages


def main():
    brokers, topic, collector, plugin = sys.argv[1:5]
    messages, turns = map(int, sys.argv[5:])
    conf = {'bootstrap.servers': brokers, 'queue.buffering.max.messages': 1_000_000}
    plain = Producer(conf)
    traced = Producer({'plugin.library.paths': plugin, 'edgespan.url': collector, 'edgespan.sample': 'always',
                       'edgespan.service_name': 'bench', **conf})
    variants = {'bare': lambda count: turn(plain, topic, count),
                'plain': lambda count: turn(plain, topic, count, headers=HEADERS),
                'edgespan': lambda count: turn(traced, topic, count)}
    for variant in variants.values():
        variant(BATCH)  # connects
    figures = {name: [] for name in variants}
    for number in range(turns):
        for name in sorted(variants, reverse=number % 2):
            figures[name].append(variants[name](messages))
    for row, at in (('plugin_python_call', 0), ('plugin_python_process', 1)):
        for name, found in figures.items():
            print(f'{row}/{name}', statistics.median(figure[at] for figure in found))


if __name__ == '__main__':
    main()
