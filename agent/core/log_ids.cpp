// SPDX-License-Identifier: Apache-2.0
#include <edgespan/log_ids.hpp>

#include "core/b3_impl.hpp"

namespace edgespan {

LogIds log_ids(const Context& context) noexcept {
  LogIds ids;
  if (!context.valid()) return ids;
  [[maybe_unused]] const std::size_t size =
      b3_impl::write_trace_id<b3_impl::HexFast>(context, ids.trace_text);
  EDGESPAN_ASSERT(detail::few_assertions || size < sizeof ids.trace_text);
  b3_impl::HexFast::encode16(context.span_id, ids.span_text);
  return ids;
}

}  // namespace edgespan
