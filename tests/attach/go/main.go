// SPDX-License-Identifier: Apache-2.0

// A program that knows nothing of edgespan. usage: program BROKERS TOPIC [PROPERTY=VALUE...]: sends a message, takes it
// again, and returns from main, which in Go does not come to exit(). LEAVE in its environment: it ends by os.Exit(6),
// "closed" as soon as its clients are closed, "open" without closing them, when its standard input ends.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

func conf(more map[string]string) *kafka.ConfigMap {
	made := kafka.ConfigMap{"bootstrap.servers": os.Args[1]}
	for _, property := range os.Args[3:] {
		name, value, _ := strings.Cut(property, "=")
		made[name] = value
	}
	for name, value := range more {
		made[name] = value
	}
	return &made
}

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(3)
	}
}

func main() {
	topic, leave := os.Args[2], os.Getenv("LEAVE")
	producer, err := kafka.NewProducer(conf(nil))
	must(err)
	sent := make(chan kafka.Event, 1)
	must(producer.Produce(&kafka.Message{
		TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: kafka.PartitionAny},
		Key:            []byte("go"), Value: []byte("value")}, sent))
	must((<-sent).(*kafka.Message).TopicPartition.Error)
	if leave != "open" {
		producer.Close()
	}

	consumer, err := kafka.NewConsumer(conf(map[string]string{"group.id": "g"}))
	must(err)
	must(consumer.Assign([]kafka.TopicPartition{{Topic: &topic, Partition: 0, Offset: kafka.OffsetBeginning}}))
	message, err := consumer.ReadMessage(20 * time.Second)
	must(err)
	fmt.Printf("%s\n", message.Key)
	if leave == "open" {
		_, err = io.ReadAll(os.Stdin)
		must(err)
		os.Exit(6)
	}
	must(consumer.Close())
	if leave == "closed" {
		os.Exit(6)
	}
}
