// SPDX-License-Identifier: Apache-2.0
// A program that knows nothing of edgespan. usage: program.js BROKERS TOPIC [PROPERTY=VALUE...]: sends a message, and
// takes it again. MODULE in its environment: another of node-rdkafka's kind.
'use strict';
const { KafkaConsumer, Producer } = require(process.env.MODULE || 'node-rdkafka');

const [brokers, topic, ...properties] = process.argv.slice(2);
// What stands first is set first: the plugin before its own properties.
const conf = { ...Object.fromEntries(properties.map(text => text.split(/=(.*)/s, 2))), 'bootstrap.servers': brokers };

function must(error) {
  if (!error) return;
  console.log(error.message);
  process.exit(3);
}

function take() {
  const consumer = new KafkaConsumer({ ...conf, 'group.id': 'g' }, {});
  consumer.on('ready', () => {
    consumer.assign([{ topic, partition: 0, offset: 0 }]);
    consumer.consume();
  });
  consumer.once('data', message => {
    console.log(message.key.toString());
    consumer.disconnect();
  });
  consumer.connect({}, must);
}

function send() {
  const producer = new Producer({ ...conf, dr_cb: true });
  producer.setPollInterval(20);
  producer.on('ready', () => producer.produce(topic, null, Buffer.from('value'), 'node'));
  producer.on('delivery-report', error => {
    must(error);
    producer.disconnect(take);
  });
  producer.connect({}, must);
}

try {
  send();
} catch (error) {
  must(error);
}
