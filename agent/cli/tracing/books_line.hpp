// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/books.hpp>

#include <string>

namespace edgespan::cli {

// The books as a line, without the reasons and events that are zero:
// `books finished=F delivered=D dropped=N [reason=n]... ring=R batch=B [event=n]...`
std::string books_line(const Books& books);

// Whether every finished span has reached its collector.
bool all_delivered(const Books& books) noexcept;

}  // namespace edgespan::cli
