// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/file_check.hpp"

#include "cli/doctor/probe_span.hpp"
#include "cli/io/tool_errors.hpp"
#include "cli/sending/file_sender.hpp"

#include <sys/statvfs.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>

namespace edgespan::cli {
namespace {

constexpr std::uint64_t room_bytes_min = 1'048'576;  // as much as the tool's ring holds

Finding diagnose_room(const std::string& path) {
  struct statvfs disk {};
  if (statvfs(path.c_str(), &disk) != 0) {
    return {false, std::generic_category().message(errno), "name a file on another disk"};
  }
  const std::uint64_t bytes = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  const std::string text = std::to_string(bytes / 1024) + " KiB are free";
  return {bytes >= room_bytes_min, text, "make room: a quiet gateway writes some 100 bytes a span"};
}

bool ends_with(const std::string& path, const std::vector<std::byte>& bytes) {
  std::ifstream file{path, std::ios::binary};
  file.seekg(-static_cast<std::streamoff>(bytes.size()), std::ios::end);
  const std::string content{std::istreambuf_iterator<char>{file}, {}};
  const std::string_view wanted{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  return content == wanted;
}

Finding diagnose_writing(const SpanUrl& url, FileSender& file, const ProbeSpan& span) {
  const Sender sender = file.sender();
  if (sender.offer(sender.ctx, span.bytes, 0).outcome != Outcome::delivered) {
    return {false, std::generic_category().message(file.last_error()), "make room, or name another file"};
  }
  if (!ends_with(url.file, span.bytes)) {
    return {false, "what was written cannot be read again",
            "check the permissions of the file, and the disk"};
  }
  return {true, "a span of trace " + span.trace_id + " was written and read again", {}};
}

}  // namespace

void check_file(const SpanUrl& url, const MachineClock& clock, DoctorReport& report) {
  std::unique_ptr<FileSender> file;
  Finding opened{true, url.file, {}};
  try {
    file = std::make_unique<FileSender>(url.file);
  } catch (const UsageError& error) {
    opened = {false, error.what(), "name a file that can be written"};
  }
  if (!report.step("open", opened) || !report.step("room", diagnose_room(url.file))) return;
  const ProbeSpan span = make_probe_span(clock.table);
  if (span.bytes.empty()) return report.skip("round trip", "no span leaves before the date is known");
  report.step("round trip", diagnose_writing(url, *file, span));
}

}  // namespace edgespan::cli
