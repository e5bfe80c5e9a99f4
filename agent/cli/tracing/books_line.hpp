// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/books.hpp>

#include <string>

namespace edgespan::cli {

// `books finished=F delivered=D dropped=N [reason=n]... ring=R batch=B [event=n]...`: reasons and events that
// are zero are left out.
std::string books_line(const Books& books);

// Whether every finished span has reached its collector.
bool all_delivered(const Books& books) noexcept;

}  // namespace edgespan::cli
