// SPDX-License-Identifier: Apache-2.0
// What the parts of the Kafka wrapper share.
#pragma once

#include <cstdint>
#include <edgespan/kafka.hpp>
#include <string_view>

#include "core/encode.hpp"
#include "core/inflight.hpp"
#include "core/state.hpp"

namespace edgespan::kafka {

inline constexpr std::string_view topic_tag = "kafka.topic";
inline constexpr std::string_view key_tag = "kafka.key";
inline constexpr std::string_view error_tag = "error";
inline constexpr std::size_t key_tag_bytes_max =
    64;  // longer keys are cut: a tag is for finding, not for storing

// The `name` field of a span, encoded.
inline constexpr std::array<std::byte, 6> send_name{std::byte{0x2A}, std::byte{4},   std::byte{'s'},
                                                    std::byte{'e'},  std::byte{'n'}, std::byte{'d'}};
inline constexpr std::array<std::byte, 6> poll_name{std::byte{0x2A}, std::byte{4},   std::byte{'p'},
                                                    std::byte{'o'},  std::byte{'l'}, std::byte{'l'}};

// Trace headers found in a record.
struct FoundHeaders {
  rd_kafka_headers_t* list = nullptr;  // null: the record has no headers
  B3Extraction extraction{};
  std::uint8_t keys = 0;   // a bit for each B3Key that stands in the list, readable or not
  bool respelled = false;  // one of them in another case than we write
};

inline constexpr B3Extraction no_headers{};

// Looks at the last 256 headers: a record with more is not ours to parse in full.
FoundHeaders find_headers(const rd_kafka_message_t* message) noexcept;

// Takes every trace header out of a list, in whatever case it is written.
void clear_headers(const FoundHeaders& found) noexcept;

// Replaces the trace headers of a record by those of `context`. False if librdkafka refused.
bool write_headers(rd_kafka_message_t* message, const FoundHeaders& found, const Context& context,
                   B3Format format) noexcept;

// No record of this message takes more on the wire, once trace headers of any format were added to it.
std::size_t traced_record_bytes_max(const rd_kafka_message_t* message,
                                    const rd_kafka_headers_t* list) noexcept;

// The context of a span that goes on from a record. `scope_first`: a producer; else ids in the record come
// first.
Context next_context(core::TracingState& state, const B3Extraction& extraction, bool scope_first,
                     const MessagingSampler& sampler, Operation operation, std::string_view topic) noexcept;

// For next_context: the name is looked up only where a rule may ask for it.
std::string_view rule_topic(const MessagingSampler& sampler, const rd_kafka_message_t* message) noexcept;

// A setting that is a number; 0 if it is none.
std::uint32_t conf_number(const rd_kafka_conf_t* conf, const char* name) noexcept;

std::string_view topic_of(const rd_kafka_message_t* message) noexcept;
std::string_view key_of(const rd_kafka_message_t* message) noexcept;

}  // namespace edgespan::kafka
