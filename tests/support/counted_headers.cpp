// SPDX-License-Identifier: Apache-2.0
#include "support/counted_headers.hpp"

#include <cstring>

namespace edgespan::test {

constinit CountedHeaders counted_headers;

}  // namespace edgespan::test

using edgespan::test::counted_headers;

extern "C" {
rd_kafka_resp_err_t __real_rd_kafka_header_get_all(const rd_kafka_headers_t*, std::size_t, const char**,
                                                   const void**, std::size_t*);
rd_kafka_resp_err_t __real_rd_kafka_header_remove(rd_kafka_headers_t*, const char*);
rd_kafka_resp_err_t __real_rd_kafka_header_add(rd_kafka_headers_t*, const char*, ssize_t, const void*,
                                               ssize_t);
rd_kafka_headers_t* __real_rd_kafka_headers_copy(const rd_kafka_headers_t*);
rd_kafka_headers_t* __real_rd_kafka_headers_new(std::size_t);
void __real_rd_kafka_headers_destroy(rd_kafka_headers_t*);
rd_kafka_resp_err_t __wrap_rd_kafka_header_get_all(const rd_kafka_headers_t*, std::size_t, const char**,
                                                   const void**, std::size_t*);
rd_kafka_resp_err_t __wrap_rd_kafka_header_remove(rd_kafka_headers_t*, const char*);
rd_kafka_resp_err_t __wrap_rd_kafka_header_add(rd_kafka_headers_t*, const char*, ssize_t, const void*,
                                               ssize_t);
rd_kafka_headers_t* __wrap_rd_kafka_headers_copy(const rd_kafka_headers_t*);
rd_kafka_headers_t* __wrap_rd_kafka_headers_new(std::size_t);
void __wrap_rd_kafka_headers_destroy(rd_kafka_headers_t*);

rd_kafka_resp_err_t __wrap_rd_kafka_header_get_all(const rd_kafka_headers_t* list, std::size_t index,
                                                   const char** name, const void** value, std::size_t* size) {
  ++counted_headers.steps;
  return __real_rd_kafka_header_get_all(list, index, name, value, size);
}
// Goes through the list from its end; behind a header that is removed, all that are left move up.
rd_kafka_resp_err_t __wrap_rd_kafka_header_remove(rd_kafka_headers_t* list, const char* wanted) {
  std::size_t behind = 0;
  for (std::size_t i = rd_kafka_header_cnt(list); i-- > 0;) {
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    (void)__real_rd_kafka_header_get_all(list, i, &name, &value, &size);
    ++counted_headers.steps;
    if (std::strcmp(name, wanted) == 0) {
      counted_headers.steps += behind;
    } else {
      ++behind;
    }
  }
  return __real_rd_kafka_header_remove(list, wanted);
}
rd_kafka_resp_err_t __wrap_rd_kafka_header_add(rd_kafka_headers_t* list, const char* name, ssize_t name_size,
                                               const void* value, ssize_t size) {
  ++counted_headers.steps;
  if (counted_headers.adds_left-- == 0) return RD_KAFKA_RESP_ERR__FAIL;
  return __real_rd_kafka_header_add(list, name, name_size, value, size);
}
rd_kafka_headers_t* __wrap_rd_kafka_headers_copy(const rd_kafka_headers_t* list) {
  counted_headers.steps += rd_kafka_header_cnt(list);
  ++counted_headers.lists;
  return __real_rd_kafka_headers_copy(list);
}
rd_kafka_headers_t* __wrap_rd_kafka_headers_new(std::size_t count) {
  if (counted_headers.lists_refused) return nullptr;
  ++counted_headers.lists;
  return __real_rd_kafka_headers_new(count);
}
void __wrap_rd_kafka_headers_destroy(rd_kafka_headers_t* list) {
  --counted_headers.lists;
  __real_rd_kafka_headers_destroy(list);
}
}
