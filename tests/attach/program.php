<?php
// SPDX-License-Identifier: Apache-2.0
// A program that knows nothing of edgespan. usage: program.php BROKERS TOPIC [PROPERTY=VALUE...]: sends a message, and
// takes it again.

function conf(array $more): RdKafka\Conf
{
    global $argv;
    $conf = new RdKafka\Conf();
    $conf->set('bootstrap.servers', $argv[1]);
    foreach (array_slice($argv, 3) as $property) {
        $conf->set(...explode('=', $property, 2));
    }
    foreach ($more as $name => $value) {
        $conf->set($name, $value);
    }
    return $conf;
}

try {
    $topic = $argv[2];
    $producer = new RdKafka\Producer(conf([]));
    $producer->newTopic($topic)->produce(RD_KAFKA_PARTITION_UA, 0, 'value', 'php');
    if ($producer->flush(20000) !== RD_KAFKA_RESP_ERR_NO_ERROR) {
        exit(4);
    }
    $consumer = new RdKafka\KafkaConsumer(conf(['group.id' => 'g']));
    $consumer->assign([new RdKafka\TopicPartition($topic, 0, RD_KAFKA_OFFSET_BEGINNING)]);
    $message = $consumer->consume(20000);
    echo $message->err ? $message->errstr() : $message->key, "\n";
    $consumer->close();
} catch (RdKafka\Exception $exception) {
    echo $exception->getMessage(), "\n";
    exit(3);
}
