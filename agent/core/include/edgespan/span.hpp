// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <edgespan/context.hpp>
#include <string_view>
#include <utility>

namespace edgespan {

class KafkaTracing;
class Tracing;
struct Endpoint;
struct SpanSlot;

enum class Kind : std::uint8_t { none = 0, client = 1, server = 2, producer = 3, consumer = 4 };

// A span that the application works in. It is started when it is made and finished by finish() or, at the
// latest, by its destructor. One thread at a time; never blocks, never allocates. If it is not sampled (or no
// slot was free) every call is a no-op and only its context lives. Texts are copied; one that does not fit in
// span_text_bytes or is not UTF-8 is left out and counted (Books::texts_cut).
class [[nodiscard]] Span {
 public:
  Span() noexcept = default;
  Span(Span&& other) noexcept { swap(other); }
  Span& operator=(Span&& other) noexcept {
    Span(std::move(other)).swap(*this);
    return *this;
  }
  ~Span() { finish(); }

  Span& name(std::string_view text) & noexcept;  // ASCII letters become lower-case, as Zipkin does
  Span& kind(Kind kind) & noexcept;
  Span& tag(std::string_view key,
            std::string_view value) & noexcept;      // the same key replaces; an empty one is left out
  Span& annotate(std::string_view text) & noexcept;  // now
  Span& error(std::string_view message) & noexcept;  // tag `error`, unless the application set that tag
  Span& remote_service_name(std::string_view name) & noexcept;  // the peer
  Span& remote_endpoint(const Endpoint& endpoint) & noexcept;   // the peer, with its address

  Span&& name(std::string_view text) && noexcept { return std::move(name(text)); }
  Span&& kind(Kind value) && noexcept { return std::move(kind(value)); }
  Span&& tag(std::string_view key, std::string_view value) && noexcept { return std::move(tag(key, value)); }
  Span&& annotate(std::string_view text) && noexcept { return std::move(annotate(text)); }
  Span&& error(std::string_view message) && noexcept { return std::move(error(message)); }
  Span&& remote_service_name(std::string_view text) && noexcept {
    return std::move(remote_service_name(text));
  }
  Span&& remote_endpoint(const Endpoint& endpoint) && noexcept {
    return std::move(remote_endpoint(endpoint));
  }

  // Ends the span; later calls do nothing.
  void finish() noexcept;
  // Ends it without a trace of it: nothing is reported, nothing is counted.
  void discard() noexcept;

  // The ids; not valid() if tracing was off when the span was made. They stay readable after finish().
  const Context& context() const noexcept { return context_; }
  // Whether it is recorded.
  bool recording() const noexcept;

 private:
  friend class KafkaTracing;
  friend class Tracing;
  Span(Tracing& tracing, const Context& context, std::uint16_t slot, std::uint32_t generation) noexcept
      : tracing_{&tracing}, context_{context}, generation_{generation}, slot_{slot} {}
  SpanSlot* open() const noexcept;
  void change(bool done, SpanSlot& slot) noexcept;
  void swap(Span& other) noexcept;

  Tracing* tracing_ = nullptr;  // null: finished, or never started
  Context context_{};
  std::uint32_t generation_ = 0;
  std::uint16_t slot_ = 0;  // number from 1; 0: not recorded
};

inline constexpr std::uint32_t scope_depth_max = 8;

// The context of the present thread's work, newest first. Not valid() if there is none.
const Context& current() noexcept;

// Makes a context the current one of this thread until the object is destroyed. Scopes of a thread end in the
// reverse order of their beginning; one that ends out of turn, or on another thread, is ignored and counted.
// Beyond scope_depth_max nested scopes the innermost is not entered.
class [[nodiscard]] Scope {
 public:
  Scope() noexcept = default;  // enters nothing
  Scope(Tracing& tracing, const Context& context) noexcept;
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope();

 private:
  Tracing* tracing_ = nullptr;
  const void* thread_ = nullptr;  // whose stack; null: not entered
  std::uint32_t depth_ = 0;
};

// The ids of a context as text, for log lines: 16 or 32 and 16 lower-case hexadecimal digits.
struct LogIds {
  char trace_text[33] = {};
  char span_text[17] = {};
  std::string_view trace_id() const noexcept { return trace_text; }
  std::string_view span_id() const noexcept { return span_text; }
};
LogIds log_ids(const Context& context = current()) noexcept;  // empty texts if the context is not valid

}  // namespace edgespan
