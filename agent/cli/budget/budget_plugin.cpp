// SPDX-License-Identifier: Apache-2.0
#include "cli/budget/budget_plugin.hpp"

#include "cli/budget/budget_json.hpp"
#include "cli/budget/budget_plan.hpp"
#include "cli/budget/budget_sum.hpp"
#include "cli/io/tool_errors.hpp"
#include "cli/text/columns.hpp"
#include "cli/text/quantities.hpp"

#include <edgespan/collector_url.hpp>
#include <edgespan/plugin_memory.hpp>
#include <edgespan/posix_port.hpp>
#include <edgespan/system_roots.hpp>
#if EDGESPAN_CLI_TLS
#include <edgespan/tls.hpp>
#endif

#include <array>
#include <filesystem>
#include <numeric>
#include <sstream>
#include <string_view>
#include <system_error>
#include <vector>

namespace edgespan::cli {
namespace {

#if EDGESPAN_CLI_TLS
constexpr std::uint64_t page_bytes = 4'096;

// A file lies in whole pages, with a NUL behind it.
std::uint64_t file_bytes(const std::string& path, std::uint64_t& mapped) {
  if (path.empty()) return 0;
  std::error_code error;
  const std::uint64_t bytes = std::filesystem::file_size(path, error);
  if (error) throw UsageError{"'" + path + "': " + error.message()};
  mapped += (bytes + page_bytes) / page_bytes * page_bytes;
  return bytes;
}

std::uint64_t tls_bytes(const Settings& settings) {
  using enum SettingId;
  std::string roots{settings.text(tls_ca)};
  if (roots.empty()) {
    const char* const of_system = system_roots_file();
    if (of_system == nullptr)
      throw UsageError{"this system has no file of roots to trust; name one by tls_ca"};
    roots = of_system;
  }
  std::uint64_t mapped = 0;
  const auto roots_bytes = static_cast<std::size_t>(file_bytes(roots, mapped));
  mapped += mbedtls::arena_bytes_for(roots_bytes + 1);
  file_bytes(std::string{settings.text(tls_certificate)}, mapped);
  file_bytes(std::string{settings.text(tls_key)}, mapped);
  return mapped;
}
#else
std::uint64_t tls_bytes(const Settings&) {
  throw UsageError{"https: this edgespan was built without TLS; configure it with -DEDGESPAN_TLS=ON"};
}
#endif

std::vector<BudgetTerm> terms_of(const Settings& settings, std::uint32_t span_bytes) {
  const PluginMemory memory = plugin_memory(settings);
  const auto number = [](std::uint64_t value, const char* what) { return std::to_string(value) + what; };
  const auto ring = static_cast<std::uint32_t>(memory.ring);
  std::vector<BudgetTerm> terms{
      {"ring", memory.ring + memory.chunks, number(spans_held(ring, span_bytes), " spans that wait")},
      {"batch", memory.batch, number(memory.batch / span_bytes, " spans a post")},
      {"messages in flight", memory.inflight, number(settings.number(SettingId::inflight_max), " at once")},
      {"open spans", memory.spans_open, "the plugin has none of its own"}};
  if (memory.otlp != 0) terms.push_back({"OTLP", memory.otlp, "what a batch becomes"});
  if (memory.gzip != 0) terms.push_back({"gzip", memory.gzip, "a request, packed"});
  CollectorUrl url;
  const bool read = parse_collector_url(settings.text(SettingId::url), url) == nullptr;
  if (read && url.scheme == CollectorUrl::Scheme::https) {
    terms.push_back({"TLS", tls_bytes(settings), "certificates, session and records"});
  }
  return terms;
}

std::string as_json(const std::vector<BudgetTerm>& terms, std::uint64_t sum) {
  std::ostringstream out;
  out << "{\n";
  put_terms(out, "plugin_bytes", terms);
  out << "  \"mapped_bytes\": " << sum << ",\n  \"reporter_stack_bytes\": " << posix::Config{}.stack_bytes
      << "\n}";
  return out.str();
}

}  // namespace

std::string budget_plugin(const Settings& settings, std::uint32_t span_bytes, bool json) {
  const std::vector<BudgetTerm> terms = terms_of(settings, span_bytes);
  const std::uint64_t sum =
      std::accumulate(terms.begin(), terms.end(), std::uint64_t{0},
                      [](std::uint64_t bytes, const BudgetTerm& term) { return bytes + term.bytes; });
  if (json) return as_json(terms, sum);
  std::ostringstream out;
  put_sum(out, "the plugin, from the first client on, in bytes (64-bit)", terms, sum);
  out << "settings that decide it\n";
  for (const SettingId id :
       {SettingId::url, SettingId::sample, SettingId::ring, SettingId::batch, SettingId::inflight_max}) {
    std::array<char, Settings::origin_bytes_max> origin{};
    const std::string text = std::string{setting(id).name} + " = " + std::string{settings.text(id)};
    out << "  " << left_aligned(text, 36) << "  ; " << settings.origin(id, origin) << '\n';
  }
  out << "\nthread stack\n  " << left_aligned("reporter", budget_name_columns)
      << right_aligned(grouped(posix::Config{}.stack_bytes), budget_bytes_columns)
      << "  and what the C library adds; over https 5,064 of it were used";
  return out.str();
}

}  // namespace edgespan::cli
