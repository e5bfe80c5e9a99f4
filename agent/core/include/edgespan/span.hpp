// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <edgespan/context.hpp>
#include <string_view>
#include <utility>

namespace edgespan {

namespace detail {
struct Access;
}
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
  Span(Span&& other) noexcept { take_over(other); }
  Span& operator=(Span&& other) noexcept {
    if (this == &other) return *this;
    finish();
    take_over(other);
    return *this;
  }
  ~Span() { finish(); }

  // ASCII letters become lower-case.
  Span& name(std::string_view text) & noexcept {
    if (slot_ != 0) set_name(text);
    return *this;
  }
  Span& kind(Kind kind) & noexcept {
    if (slot_ != 0) set_kind(kind);
    return *this;
  }
  // The same key replaces; an empty one is left out.
  Span& tag(std::string_view key, std::string_view value) & noexcept {
    if (slot_ != 0) set_tag(key, value);
    return *this;
  }
  // Now.
  Span& annotate(std::string_view text) & noexcept {
    if (slot_ != 0) add_annotation(text);
    return *this;
  }
  // Tag `error`, unless the application set that tag.
  Span& error(std::string_view message) & noexcept {
    if (slot_ != 0) set_error(message);
    return *this;
  }
  // The peer, and the peer with its address.
  Span& remote_service_name(std::string_view name) & noexcept {
    if (slot_ != 0) set_remote_name(name);
    return *this;
  }
  Span& remote_endpoint(const Endpoint& endpoint) & noexcept {
    if (slot_ != 0) set_remote(endpoint);
    return *this;
  }

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
  friend struct detail::Access;
  Span(Tracing& tracing, const Context& context, std::uint32_t slot, std::uint32_t generation) noexcept
      : tracing_{&tracing}, context_{context}, generation_{generation}, slot_{slot} {}
  // For a span with a slot.
  void set_name(std::string_view text) const noexcept;
  void set_kind(Kind kind) const noexcept;
  void set_tag(std::string_view key, std::string_view value) const noexcept;
  void add_annotation(std::string_view text) const noexcept;
  void set_error(std::string_view message) const noexcept;
  void set_remote_name(std::string_view name) const noexcept;
  void set_remote(const Endpoint& endpoint) const noexcept;
  // These two do `whole` to the slot; the first tries whether `quick` is enough.
  template <auto whole, typename Quick, typename... Args>
  void change(Quick quick, Args... args) const noexcept;
  template <auto whole, typename... Args>
  void change_whole(bool inside, Args... args) const noexcept;
  SpanSlot* take() const noexcept;
  void give_back(SpanSlot& slot, bool done) const noexcept;
  void take_over(Span& other) noexcept;

  Tracing* tracing_ = nullptr;  // null: finished, or never started
  Context context_{};
  std::uint32_t generation_ = 0;
  std::uint32_t slot_ = 0;  // where its slot ends among the bytes of all; 0: not recorded, or no more
};

}  // namespace edgespan
