/* SPDX-License-Identifier: Apache-2.0 */
/* What edgespan asks of a platform: a few tables of functions, in C99.
 *
 * A port fills the tables once. The agent copies a table, so the table itself may go as soon as it was given;
 * what `ctx` points to stays until the agent has stopped. No function may allocate after the port's own
 * start-up, and none may block, except where its comment says how long. Time, chance and network reach the
 * agent through here alone. */
#ifndef EDGESPAN_PORT_H
#define EDGESPAN_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Clock and chance. Every function: any thread, never blocks (but for `pause`). */
typedef struct edgespan_clock {
  void* ctx;

  /* Microseconds since some fixed moment; never goes back, never jumps, goes on while the board is suspended.
   * A port with a 32-bit tick widens it. Starts at 1 or later: 0 is the agent's "unset". */
  uint64_t (*mono_us)(void* ctx);

  /* Microseconds since 1970-01-01 UTC, or 0 while the board does not know the date. */
  uint64_t (*wall_us)(void* ctx);

  /* Fills all `n` (at most 64) bytes with cryptographic-quality chance and returns true, or returns false at
   * once while the platform has none yet. Never weak bytes. */
  bool (*entropy)(void* ctx, void* out, size_t n);

  /* Gives up the processor for at most `us` microseconds. Only `Reporter::flush` and `stop` call it, on the
   * thread that called them. */
  void (*pause)(void* ctx, uint64_t us);
} edgespan_clock;

/* One outgoing byte stream at a time (TLS, where wanted, is inside: such a stream stands on another one). All
 * calls come from the one thread that is inside `Reporter::step`; nothing blocks. Order: open until it is not
 * 0, then send and recv until one of them is negative or the agent has what it wants, then close. */
typedef struct edgespan_stream {
  void* ctx;

  /* Starts, or goes on, connecting to `host` (a name or a numeric address, NUL-terminated, kept by the caller
   * while the stream is in use) and `port`. > 0 open; 0 in progress, call again later; < 0 failed (see
   * edgespan_stream_error), the stream is closed. Name resolution must not block either. */
  int (*open)(void* ctx, const char* host, uint16_t port);

  /* Offers `n` > 0 bytes. > 0 how many were taken; 0 none now, try later; < 0 the stream is dead. */
  int32_t (*send)(void* ctx, const void* bytes, size_t n);

  /* Takes up to `n` > 0 bytes. > 0 how many arrived; 0 none yet; < 0 dead, an orderly close by the peer
   * included. */
  int32_t (*recv)(void* ctx, void* bytes, size_t n);

  /* Ends the stream, or the attempt, from any state; may be called twice. */
  void (*close)(void* ctx);

  /* True: open() answers > 0 only after the peer has proved, by a certificate that was verified, that it is
   * `host`, and every byte travels encrypted. What asks for https takes no other stream. */
  bool secure;
} edgespan_stream;

/* Why a stream failed; negative results of open, send and recv. Those after TLS come from a stream that
 * encrypts: between UNKNOWN_ROOT and BAD_CERTIFICATE the peer was reached and not believed, which another
 * attempt alone will not change; NO_CLOCK, NO_ENTROPY and NO_MEMORY are this machine's own. */
typedef enum edgespan_stream_error {
  EDGESPAN_STREAM_FAILED = -1,      /* anything else */
  EDGESPAN_STREAM_CLOSED = -2,      /* orderly close by the peer */
  EDGESPAN_STREAM_RESET = -3,       /* connection reset or broken */
  EDGESPAN_STREAM_REFUSED = -4,     /* nobody listens */
  EDGESPAN_STREAM_UNREACHABLE = -5, /* no route, no network */
  EDGESPAN_STREAM_NO_HOST = -6,     /* the name does not resolve */
  EDGESPAN_STREAM_TLS = -7,         /* no agreement, an alert, or bytes that are not TLS or were changed */
  EDGESPAN_STREAM_UNKNOWN_ROOT =
      -8, /* the peer's certificate leads to none of the roots, self-signed included */
  EDGESPAN_STREAM_WRONG_HOST = -9,     /* it is for another name */
  EDGESPAN_STREAM_EXPIRED = -10,       /* it, or one above it, is past its end */
  EDGESPAN_STREAM_NOT_YET_VALID = -11, /* it, or one above it, begins later than the wall clock says it is */
  EDGESPAN_STREAM_BAD_CERTIFICATE = -12, /* unreadable, too weak, or not for servers */
  EDGESPAN_STREAM_NO_CLOCK = -13,        /* dates cannot be checked: the wall clock is not set */
  EDGESPAN_STREAM_NO_ENTROPY = -14,      /* no keys can be made: the platform has no chance yet */
  EDGESPAN_STREAM_NO_MEMORY = -15        /* the arena is too small */
} edgespan_stream_error;

/* Makes an encrypted stream over a plain one, where a URL says https. */
typedef struct edgespan_tls {
  void* ctx;

  /* Returns the encrypted stream over `inner`. Both tables, `clock` and the result stay valid until `stop`.
   * NULL if it cannot be had: `*problem` then is a static text, what is wrong and what to do. Once before
   * `stop`. */
  const edgespan_stream* (*start)(void* ctx, const edgespan_stream* inner, const edgespan_clock* clock,
                                  const char** problem);

  /* Closes the stream and forgets its keys. Called after a `start` that returned a stream. */
  void (*stop)(void* ctx);
} edgespan_tls;

/* Packs what is to be sent. Called from inside `Reporter::step`. */
typedef struct edgespan_gzip {
  void* ctx;

  /* Packs `n` bytes as gzip (RFC 1952). If that pays: the packed bytes, `*packed_n` of them, kept until the
   * next call; else NULL. The same bytes give the same result. */
  const void* (*pack)(void* ctx, const void* bytes, size_t n, size_t* packed_n);
} edgespan_gzip;

/* A thread that runs the reporter. A board without threads has none and calls `step` from its main loop. */
typedef struct edgespan_worker {
  void* ctx;

  /* Starts the thread; it calls `step(arg)` again and again, waiting between two calls for at most the
   * returned number of microseconds, less if `wake` was called or the port's stream became ready. False: no
   * thread could be had (nothing was started). */
  bool (*start)(void* ctx, uint64_t (*step)(void* arg), void* arg);

  /* Ends the thread's present wait. Any thread; never blocks. */
  void (*wake)(void* ctx);

  /* Ends the thread after its present step; waits for it for at most `timeout_us`. True: it has ended (or was
   * never started). */
  bool (*stop)(void* ctx, uint64_t timeout_us);
} edgespan_worker;

#ifdef __cplusplus
}
#endif
#endif
