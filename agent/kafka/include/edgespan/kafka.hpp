// SPDX-License-Identifier: Apache-2.0
// Everything that a program needs to trace its producers and consumers.
#pragma once

#include <edgespan/consumer_batch.hpp>
#include <edgespan/consumer_record.hpp>
#include <edgespan/kafka_config.hpp>
#include <edgespan/kafka_limits.hpp>
#include <edgespan/kafka_memory.hpp>
#include <edgespan/kafka_tracing.hpp>
#include <edgespan/producer_record.hpp>
#include <edgespan/tracing_consumer.hpp>
#include <edgespan/tracing_producer.hpp>
