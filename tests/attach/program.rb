# SPDX-License-Identifier: Apache-2.0
# A program that knows nothing of edgespan. usage: program.rb BROKERS TOPIC [PROPERTY=VALUE...]: sends a message, and
# takes it again.
require 'rdkafka'

Rdkafka::Config.logger = Logger.new(File::NULL)  # it warns of settings that it makes itself

brokers, topic, *properties = ARGV
conf = { 'bootstrap.servers' => brokers }
properties.each { |property| conf.store(*property.split('=', 2)) }
begin
  producer = Rdkafka::Config.new(conf).producer
  producer.produce(topic: topic, payload: 'value', key: 'ruby').wait(max_wait_timeout: 20)
  producer.close

  consumer = Rdkafka::Config.new(conf.merge('group.id' => 'g')).consumer
  list = Rdkafka::Consumer::TopicPartitionList.new
  list.add_topic_and_partitions_with_offsets(topic, 0 => 0)
  consumer.assign(list)
  puts consumer.poll(20_000).key
  consumer.close
rescue Rdkafka::Config::ConfigError => error
  puts error.message
  exit 3
end
