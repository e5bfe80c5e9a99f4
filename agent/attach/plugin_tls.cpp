// SPDX-License-Identifier: Apache-2.0
#include "attach/plugin_tls.hpp"

#include <edgespan/posix_port.hpp>
#include <edgespan/system_roots.hpp>

#include <sys/mman.h>

#include <algorithm>

namespace edgespan::attach {

#if EDGESPAN_ATTACH_TLS
namespace {

constexpr std::array<SettingId, 3> settings_of_files{SettingId::tls_ca, SettingId::tls_certificate,
                                                     SettingId::tls_key};
enum : std::size_t { roots, certificate, key };

// A stream that goes nowhere, for a trial.
edgespan_stream no_stream() noexcept {
  edgespan_stream stream{};
  stream.open = [](void*, const char*, std::uint16_t) { return -1; };
  stream.send = [](void*, const void*, std::size_t) { return std::int32_t{-1}; };
  stream.recv = [](void*, void*, std::size_t) { return std::int32_t{-1}; };
  stream.close = [](void*) {};
  return stream;
}

}  // namespace

bool PluginTls::read(std::size_t index, std::string_view path, ProblemText& problem) noexcept {
  if (path == paths_[index].data()) return true;
  starter_.reset();
  paths_[index] = {};
  read_[index].forget();
  if (path.empty()) return true;
  Path copy{};
  path.copy(copy.data(), copy.size() - 1);
  if (const char* const wrong = read_[index].read(copy.data())) {
    return problem.say({"edgespan: ", setting(settings_of_files[index]).name, " '", path, "': ", wrong});
  }
  paths_[index] = copy;
  return true;
}

bool PluginTls::read_named(const Settings& settings, ProblemText& problem) noexcept {
  for (std::size_t i = 0; i < files; ++i) {
    if (i == roots && !settings.made(SettingId::tls_ca)) continue;
    if (!read(i, settings.text(settings_of_files[i]), problem)) return false;
  }
  return true;
}

bool PluginTls::read_system_roots(ProblemText& problem) noexcept {
  if (const char* const path = system_roots_file()) return read(roots, path, problem);
  return problem.say({"edgespan: this system has no file of roots to trust; name one by tls_ca"});
}

bool PluginTls::check(const Settings& settings, ProblemText& problem) noexcept {
  if (!read_named(settings, problem)) return false;
  // What still lacks may be made by the next property.
  const bool whole = has(roots) && has(certificate) == has(key);
  return !whole || starter_.has_value() || try_out(problem);
}

bool PluginTls::prepare(const Settings& settings, ProblemText& problem) noexcept {
  if (!read_named(settings, problem)) return false;
  if (!settings.made(SettingId::tls_ca) && !read_system_roots(problem)) return false;
  if (has(certificate) != has(key)) {
    return problem.say({"edgespan: tls_certificate and tls_key go together; name both"});
  }
  return starter_.has_value() || try_out(problem);
}

bool PluginTls::map_arena() noexcept {
  const std::size_t bytes = mbedtls::arena_bytes_for(read_[roots].encoded().size());
  if (bytes <= arena_.size()) return true;
  if (!arena_.empty()) munmap(arena_.data(), arena_.size());
  arena_ = {};
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  arena_ = {static_cast<std::byte*>(memory), bytes};
  return true;
}

// First the roots by themselves, so that what is wrong is told of the right file.
bool PluginTls::try_out(ProblemText& problem) noexcept {
  starter_.reset();
  if (!map_arena()) return problem.say({"edgespan: the system has no memory left for TLS"});
  starter_.emplace(arena_);
  const edgespan_tls& tls = starter_->table();
  const edgespan_stream stream = no_stream();
  const posix::Port port;
  mbedtls::Config config{.roots = read_[roots].encoded()};
  for (const std::size_t tried : {roots, certificate}) {
    if (!has(tried)) continue;
    if (tried == certificate) {
      config.certificate = read_[certificate].encoded();
      config.key = read_[key].encoded();
    }
    starter_->configure(config);
    const char* wrong = "";
    const bool good = tls.start(tls.ctx, &stream, &port.clock(), &wrong) != nullptr;
    tls.stop(tls.ctx);
    if (good) continue;
    starter_.reset();
    return problem.say(
        {"edgespan: ", setting(settings_of_files[tried]).name, " '", paths_[tried].data(), "': ", wrong});
  }
  return true;
}

const edgespan_tls& PluginTls::table() const noexcept { return starter_->table(); }

std::size_t PluginTls::mapped_bytes() const noexcept {
  std::size_t bytes = arena_.size();
  for (const CertificateFile& file : read_) bytes += file.mapped_bytes();
  return bytes;
}
#else
namespace {

bool refuse(const Settings& settings, ProblemText& problem) noexcept {
  return problem.say({"edgespan: url '", settings.text(SettingId::url),
                      "': this plugin was built without TLS; write http:, otlp:, kafka: or none:"});
}

}  // namespace

bool PluginTls::check(const Settings& settings, ProblemText& problem) noexcept {
  return refuse(settings, problem);
}

bool PluginTls::prepare(const Settings& settings, ProblemText& problem) noexcept {
  return refuse(settings, problem);
}

const edgespan_tls& PluginTls::table() const noexcept {
  static constexpr edgespan_tls none{};
  return none;
}

std::size_t PluginTls::mapped_bytes() const noexcept { return 0; }
#endif

}  // namespace edgespan::attach
