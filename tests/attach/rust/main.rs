// SPDX-License-Identifier: Apache-2.0

//! A program that knows nothing of edgespan. usage: program BROKERS TOPIC [PROPERTY=VALUE...]: sends a message, and
//! takes it again.

use std::fmt::Debug;
use std::time::Duration;

use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{Offset, TopicPartitionList};

fn must<T, E: Debug>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| {
        println!("{error:?}");
        std::process::exit(3)
    })
}

fn conf(arguments: &[String]) -> ClientConfig {
    let mut conf = ClientConfig::new();
    conf.set("bootstrap.servers", &arguments[1]);
    for property in &arguments[3..] {
        let (name, value) = property.split_once('=').unwrap();
        conf.set(name, value);
    }
    conf
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let topic = &arguments[2];
    let producer: BaseProducer = must(conf(&arguments).create());
    must(producer.send(BaseRecord::to(topic).key("rust").payload("value")).map_err(|(error, _)| error));
    must(producer.flush(Duration::from_secs(20)));
    drop(producer);

    let consumer: BaseConsumer = must(conf(&arguments).set("group.id", "g").create());
    let mut list = TopicPartitionList::new();
    must(list.add_partition_offset(topic, 0, Offset::Beginning));
    must(consumer.assign(&list));
    let message = must(consumer.poll(Duration::from_secs(20)).expect("no message"));
    println!("{}", String::from_utf8_lossy(message.key().unwrap()));
}
