// SPDX-License-Identifier: Apache-2.0
#include "kit/setting_value.hpp"

#include <edgespan/collector_url.hpp>
#include <optional>

#include "core/assert.hpp"
#include "core/utf8.hpp"
#include "kit/header_pairs.hpp"
#include "kit/text_piece.hpp"

namespace edgespan::settings_detail {
namespace {

using Type = SettingType;

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
constexpr std::array<Unit, 4> durations{{{"h", 3'600'000}, {"min", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<Unit, 3> sizes{{{"MiB", 1'048'576}, {"KiB", 1'024}, {"B", 1}}};

std::span<const Unit> units_of(Type type) noexcept {
  if (type == Type::duration) return durations;
  if (type == Type::bytes) return sizes;
  return {};
}

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// A whole number and what stands behind it.
struct Quantity {
  std::uint64_t number = 0;
  std::string_view unit{};
};

std::optional<Quantity> read_quantity(std::string_view text) noexcept {
  Quantity quantity;
  std::size_t at = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    quantity.number = quantity.number * 10 + static_cast<std::uint64_t>(text[at] - '0');
    if (at >= 12) return std::nullopt;  // more than any range holds, and with its unit it would not fit
  }
  if (at == 0) return std::nullopt;
  while (at < text.size() && text[at] == ' ') ++at;
  quantity.unit = tail(text, at);
  return quantity;
}

const Unit* find_unit(std::span<const Unit> units, std::string_view name) noexcept {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

// In billionths: a decimal number without sign and exponent, of up to nine places; 100 at most.
std::optional<std::uint64_t> read_billionths(std::string_view text) noexcept {
  constexpr std::uint64_t one = 1'000'000'000;
  std::uint64_t whole = 0;
  std::uint64_t fraction = 0;
  std::uint64_t place = one;
  std::size_t at = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    whole = whole * 10 + static_cast<std::uint64_t>(text[at] - '0');
    if (whole > 100) return std::nullopt;
  }
  if (at == 0) return std::nullopt;
  if (at < text.size() && text[at] == '.') {
    const std::size_t point = at;
    for (at += 1; at < text.size() && is_digit(text[at]) && place > 1; ++at) {
      place /= 10;
      fraction += static_cast<std::uint64_t>(text[at] - '0') * place;
    }
    if (at == point + 1) return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;
  return whole * one + fraction;
}

constexpr std::uint32_t rate_most = 65'535;

std::optional<Sampler> read_sampler(std::string_view text, RatioRule rule = RatioRule::magnitude) noexcept {
  constexpr std::uint64_t one = 1'000'000'000;
  if (text == "always") return Sampler::always();
  if (text == "never") return Sampler::never();
  if (const auto rate = read_quantity(text); rate && rate->unit == "/s") {
    if (rate->number > rate_most) return std::nullopt;
    return Sampler::rate_limit(static_cast<std::uint32_t>(rate->number));
  }
  std::uint64_t whole = one;
  if (text.ends_with('%')) {
    whole = 100 * one;
    text.remove_suffix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
  }
  const auto share = read_billionths(text);
  if (!share || *share > whole) return std::nullopt;
  return Sampler::probability(static_cast<double>(*share) / static_cast<double>(whole), rule);
}

std::optional<bool> read_flag(std::string_view text) noexcept {
  if (text == "on" || text == "true" || text == "yes") return true;
  if (text == "off" || text == "false" || text == "no") return false;
  return std::nullopt;
}

void put_quantity(Type type, std::uint64_t number, TextLine& out) noexcept {
  const std::span<const Unit> units = units_of(type);
  for (const Unit& unit : units) {
    const bool fits = number % unit.factor == 0 && (number != 0 || unit.factor == 1);
    if (!fits) continue;
    out << number / unit.factor << " " << unit.name;
    return;
  }
  out << number;
}

// Such as "ms, s, min or h".
void put_units(Type type, TextLine& out) noexcept {
  const std::span<const Unit> units = units_of(type);
  for (std::size_t i = units.size(); i-- > 0;) {
    out << units[i].name << (i > 1 ? ", " : i == 1 ? " or " : "");
  }
}

bool check_number(const Setting& setting, std::string_view value, TextLine& problem) noexcept {
  const std::span<const Unit> units = units_of(setting.type);
  const auto quantity = read_quantity(value);
  if (quantity && quantity->unit.empty() && !units.empty()) {
    problem << "has no unit; write ";
    put_units(setting.type, problem);
    problem << " behind the number";
    return false;
  }
  if (quantity) {
    const Unit* const unit = find_unit(units, quantity->unit);
    const bool known = units.empty() ? quantity->unit.empty() : unit != nullptr;
    const std::uint64_t number = quantity->number * (unit != nullptr ? unit->factor : 1);
    const bool in_range = number >= setting.low && number <= setting.high && number % setting.step == 0;
    if (known && in_range) return true;
  }
  problem << "write a whole number";
  if (!units.empty()) {
    problem << " of ";
    put_units(setting.type, problem);
  }
  problem << ", ";
  put_range(setting, problem);
  return false;
}

bool check_text(const Setting& setting, std::string_view value, TextLine& problem) noexcept {
  if (value.size() >= setting.low && value.size() <= setting.high && detail::name_text(value)) return true;
  problem << "write a text of UTF-8, " << setting.low << " to " << setting.high << " bytes";
  return false;
}

bool check_url(const Setting& setting, std::string_view value, TextLine& problem) noexcept {
  CollectorUrl url;
  const char* const wrong = parse_collector_url(value, url);
  if (wrong == nullptr && value.size() <= setting.high) return true;
  if (wrong != nullptr) {
    problem << wrong;
  } else {
    problem << "is longer than " << setting.high << " bytes";
  }
  return false;
}

bool check_headers(const Setting& setting, std::string_view value, TextLine& problem) noexcept {
  if (value.size() > setting.high) {
    problem << "is longer than " << setting.high << " bytes";
    return false;
  }
  while (!value.empty()) {
    const HeaderPair pair = take_header_pair(value);
    const char* const wrong = header_problem(pair);
    if (wrong == nullptr) continue;
    problem << "'" << head(pair.name, 40) << "' " << wrong;
    return false;
  }
  return true;
}

// For a value of a type whose range put_range() tells in words.
bool refuse(const Setting& setting, TextLine& problem) noexcept {
  problem << "write ";
  put_range(setting, problem);
  return false;
}

}  // namespace

bool check_value(const Setting& setting, std::string_view value, TextLine& problem) noexcept {
  const bool long_text =
      setting.type == Type::text || setting.type == Type::url || setting.type == Type::headers;
  if (!long_text && value.size() > value_bytes_max(setting)) return refuse(setting, problem);
  switch (setting.type) {
    case Type::flag:
      return read_flag(value).has_value() || refuse(setting, problem);
    case Type::choice:
      return choice_of(setting, value) < setting.choices.size() || refuse(setting, problem);
    case Type::formats:
      return parse_propagation(value).has_value() || refuse(setting, problem);
    case Type::sampler:
      return read_sampler(value).has_value() || refuse(setting, problem);
    case Type::count:
    case Type::bytes:
    case Type::duration:
      return check_number(setting, value, problem);
    case Type::text:
      return check_text(setting, value, problem);
    case Type::headers:
      return check_headers(setting, value, problem);
    case Type::url:
      break;
  }
  return check_url(setting, value, problem);
}

std::uint64_t number_of(std::string_view value) noexcept {
  const auto quantity = read_quantity(value);
  EDGESPAN_ASSERT(quantity.has_value());
  if (!quantity) return 0;
  const Unit* unit = find_unit(durations, quantity->unit);
  if (unit == nullptr) unit = find_unit(sizes, quantity->unit);
  return quantity->number * (unit != nullptr ? unit->factor : 1);
}

bool flag_of(std::string_view value) noexcept { return read_flag(value).value_or(false); }

Sampler sampler_of(std::string_view value, RatioRule rule) noexcept {
  const auto sampler = read_sampler(value, rule);
  EDGESPAN_ASSERT(sampler.has_value());
  return sampler.value_or(Sampler::never());
}

Propagation formats_of(std::string_view value) noexcept {
  const auto formats = parse_propagation(value);
  EDGESPAN_ASSERT(formats.has_value());
  return formats.value_or(Propagation{});
}

std::size_t choice_of(const Setting& setting, std::string_view value) noexcept {
  std::size_t at = 0;
  while (at < setting.choices.size() && (value.empty() || setting.choices[at] != value)) ++at;
  return at;
}

void put_range(const Setting& setting, TextLine& out) noexcept {
  switch (setting.type) {
    case Type::flag:
      out << "on or off";
      return;
    case Type::choice:
      for (std::size_t i = 0; i < setting.choices.size() && !setting.choices[i].empty(); ++i) {
        const bool last = i + 1 == setting.choices.size() || setting.choices[i + 1].empty();
        out << (i == 0 ? "" : last ? " or " : ", ") << setting.choices[i];
      }
      return;
    case Type::formats:
      out << "b3 or b3_parent, b3_multi, w3c or w3c_continued, separated by commas";
      return;
    case Type::sampler:
      out << "always, never, a share from 0 to 1 or 0 % to 100 %, or 0/s to " << rate_most << "/s";
      return;
    case Type::url:
      out << "a URL of up to " << setting.high << " bytes";
      return;
    case Type::headers:
      out << "name=value with commas between, up to " << setting.high << " bytes";
      return;
    case Type::text:
      out << setting.low << " to " << setting.high << " bytes";
      return;
    case Type::count:
    case Type::bytes:
    case Type::duration:
      break;
  }
  put_quantity(setting.type, setting.low, out);
  out << " to ";
  put_quantity(setting.type, setting.high, out);
  if (setting.step == 1) return;
  out << ", a multiple of ";
  put_quantity(setting.type, setting.step, out);
}

}  // namespace edgespan::settings_detail
