// SPDX-License-Identifier: Apache-2.0
#include "kit/ini_reader.hpp"

#include <ini.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "core/assert.hpp"

namespace edgespan::settings_detail {
namespace {

// What inih reads from: the lines of a file, each of which it can hold, without the blanks in front. It would
// take a line that begins with a blank for more of the value before.
class Lines {
 public:
  Lines(posix::TextFile& file, IniHandler handler, void* ctx) noexcept
      : file_{&file}, handler_{handler}, ctx_{ctx} {}

  // As fgets().
  char* read(char* out, std::size_t size) noexcept {
    if (ended_) return nullptr;
    const std::size_t room = std::min(size - 1, ini_line_bytes_max + 1);
    std::size_t used = 0;
    char c = '\0';
    line_ += 1;
    while (next(c)) {
      if (used == 0 && (c == ' ' || c == '\t')) continue;
      if (c != '\n' && used == room - 1)
        return fail("is longer than 198 bytes; give the value by the environment");
      if (c == '\0') return fail("holds a NUL; a settings file is text");
      out[used] = c;
      used += 1;
      if (c == '\n') break;
    }
    out[used] = '\0';
    if (used == 0) ended_ = true;
    return used == 0 ? nullptr : out;
  }

  // As inih wants it: 0 is an error, after which nothing more is read.
  int take(const char* section, const char* name, const char* value) noexcept {
    EDGESPAN_ASSERT(section != nullptr && name != nullptr && value != nullptr);
    if (std::strlen(section) > ini_section_bytes_max) {
      fail("is in a section whose name is longer than 48 bytes");
      return 0;
    }
    if (handler_(ctx_, {section, name, value, line_})) return 1;
    ended_ = true;
    return 0;
  }

  // `first_bad`: the first line that inih could not use, or that take() refused; 0: none.
  IniEnd end(int first_bad) const noexcept {
    const auto bad = static_cast<std::uint32_t>(first_bad < 0 ? 0 : first_bad);
    if (bad != 0 && (bad < line_ || !ended_)) {
      return {"is neither `name = value` nor `[section]`", bad};
    }
    return {problem_, line_};
  }

 private:
  bool next(char& c) noexcept {
    if (at_ == filled_) {
      const std::ptrdiff_t got = file_->read(buffer_);
      if (got < 0) fail("cannot be read");
      at_ = 0;
      filled_ = got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    if (at_ == filled_) return false;
    c = buffer_[at_];
    at_ += 1;
    return true;
  }

  char* fail(const char* problem) noexcept {
    problem_ = problem;
    ended_ = true;
    return nullptr;
  }

  posix::TextFile* file_;
  IniHandler handler_;
  void* ctx_;
  std::uint32_t line_ = 0;
  bool ended_ = false;  // by the end of the file, an error, or the handler
  const char* problem_ = nullptr;
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  std::array<char, 256> buffer_{};
};

}  // namespace

IniEnd read_ini(posix::TextFile& file, IniHandler handler, void* ctx) noexcept {
  Lines lines{file, handler, ctx};
  const auto read = [](char* out, int size, void* stream) {
    return static_cast<Lines*>(stream)->read(out, static_cast<std::size_t>(size));
  };
  const auto take = [](void* user, const char* section, const char* name, const char* value) {
    return static_cast<Lines*>(user)->take(section, name, value);
  };
  return lines.end(ini_parse_stream(read, &lines, take, &lines));
}

}  // namespace edgespan::settings_detail
