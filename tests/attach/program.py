# SPDX-License-Identifier: Apache-2.0
"""program.py CASE TOPIC CONFIGURATION: a program on confluent_kafka that knows nothing of edgespan."""

import ctypes
import json
import multiprocessing
import os
import sys
import time

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

CASE, TOPIC, CONF = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
MESSAGES = 3


def produce(*keys):
    producer = Producer(dict(CONF))
    for key in keys:
        producer.produce(TOPIC, 'value', key)
    left = producer.flush(20)
    if left:
        sys.exit(f'{left} messages are left')


def records(consumer, batches):
    """What produce() sent just now, one by one or in batches."""
    seen = 0
    while seen < MESSAGES:
        found = consumer.consume(10, 0.5) if batches else [consumer.poll(0.5)]
        for message in found:
            if message is not None and not message.error():
                seen += 1
                yield message


def consumer_at_end():
    consumer = Consumer({**CONF, 'group.id': 'g', 'enable.auto.commit': False})
    low, high = consumer.get_watermark_offsets(TopicPartition(TOPIC, 0), 10)
    consumer.assign([TopicPartition(TOPIC, 0, high)])
    return consumer


def consume(batches, forward=False):
    consumer = consumer_at_end()
    produce(*(f'key{i}' for i in range(MESSAGES)))
    producer = Producer(dict(CONF)) if forward else None
    for message in records(consumer, batches):
        print(message.key())
        if forward:
            producer.produce(TOPIC + 'forwarded', 'value', 'forwarded')
    if forward:
        producer.flush(20)
    consumer.close()


def fork():
    produce('parent')
    child = os.fork()
    if child == 0:
        produce('child')
        os._exit(0)
    print(os.waitpid(child, 0)[1])
    produce('parent-again')


def many():
    produce('parent')
    context = multiprocessing.get_context('fork')
    children = [context.Process(target=produce, args=(f'child{i}',)) for i in range(MESSAGES)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    produce('parent-again')
    print([child.exitcode for child in children])


def shared_produce():
    """One message by the system's librdkafka, which is another than this module's."""
    try:
        library = ctypes.CDLL('librdkafka.so.1')
    except OSError:
        sys.exit(9)
    for name in ('conf_new', 'new', 'topic_new'):
        getattr(library, 'rd_kafka_' + name).restype = ctypes.c_void_p
    conf, text = ctypes.c_void_p(library.rd_kafka_conf_new()), ctypes.create_string_buffer(512)
    for name, value in CONF.items():
        if library.rd_kafka_conf_set(conf, name.encode(), value.encode(), text, 512):
            sys.exit(text.value.decode())
    client = ctypes.c_void_p(library.rd_kafka_new(0, conf, text, 512))
    topic = ctypes.c_void_p(library.rd_kafka_topic_new(client, TOPIC.encode(), None))
    library.rd_kafka_produce(topic, -1, 2, b'value', ctypes.c_size_t(5), b'shared', ctypes.c_size_t(6), None)
    library.rd_kafka_flush(client, 20_000)
    library.rd_kafka_topic_destroy(topic)
    library.rd_kafka_destroy(client)


def two():
    for _ in range(2):
        produce('wheel')
        shared_produce()


# Of each a client cannot be made: what librdkafka finds before a plugin knows of the client, and what it finds later.
WRONG = ({'security.protocol': 'ssl', 'ssl.ca.location': '/nonexistent'},
         {'security.protocol': 'sasl_plaintext', 'sasl.mechanism': 'none-such'},
         {'partition.assignment.strategy': 'none-such'},
         {'enable.idempotence': True, 'max.in.flight.requests.per.connection': 9},
         {'session.timeout.ms': 6_000, 'max.poll.interval.ms': 5_000})


def fail():
    for wrong in WRONG:
        for kind in (Producer, Consumer) * 5:
            made = {**CONF, **wrong, 'log_level': 0}
            try:
                kind({**made, 'group.id': 'g'} if kind is Consumer else made)
                print('made')
            except KafkaException as why:
                print(why)
    produce('alive')


def stay():
    producer = Producer(dict(CONF))
    producer.produce(TOPIC, 'value', 'key')
    producer.flush(20)
    print('sent', flush=True)
    time.sleep(60)


{'poll': lambda: consume(False), 'consume': lambda: consume(True), 'forward': lambda: consume(False, True),
 'fork': fork, 'multiprocessing': many, 'two': two, 'fail': fail, 'stay': stay}[CASE]()
