/* SPDX-License-Identifier: Apache-2.0 */
/* What edgespan asks of a platform: tables of functions, in C99. port/PORTING.md is the order of work.
 * Tables. A port fills each table once. The agent copies a table when it is given one, so the table itself
 * may go after that. What `ctx` points to must stay until the agent has stopped; the agent passes it to every
 * function and does nothing else with it.
 * Memory. A port may allocate in its own start-up. After that no function allocates.
 * Waiting. No function blocks, except those whose comment says for how long. Each table says who calls it.
 * Time, random bytes, network and threads reach the agent through this header alone. */
#ifndef EDGESPAN_PORT_H
#define EDGESPAN_PORT_H

#include <edgespan/fork_listener.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Clock, entropy, and news of a fork. Any thread may call any function, several at once. A board without an
 * operating system lets interrupts call all but pause. Required. */
typedef struct edgespan_clock {
  void* ctx;

  /* The monotonic time: microseconds since some fixed moment, 1 or more (0 means "unset" to the agent). It
   * has 64 bits, never goes back, follows no change of the date, and goes on while the board is suspended. */
  uint64_t (*mono_us)(void* ctx);

  /* The date: microseconds since 1970-01-01 00:00 UTC. 0 while the board does not know the date; a wrong date
   * is worse than none, because spans that wait get their dates when the date becomes known. */
  uint64_t (*wall_us)(void* ctx);

  /* Fills `out` with `n` (1 to 64) random bytes of cryptographic quality and returns true. Returns false at
   * once while the platform has no entropy; the agent then asks again later. It never returns weak bytes: ids
   * and keys are made of them. */
  bool (*entropy)(void* ctx, void* out, size_t n);

  /* Waits for at most `us` microseconds; may return earlier. Called by Reporter::flush and stop alone. */
  void (*pause)(void* ctx, uint64_t us);

  /* Adds `listener` to the port's list, or takes it out. NULL: no process forks. */
  void (*listen_for_fork)(void* ctx, edgespan_fork_listener* listener, bool add);

  /* Returns when every thread of the process has run a full memory barrier. NULL: the platform cannot. */
  void (*fence_threads)(void* ctx);
} edgespan_clock;

/* One outgoing connection at a time. TLS, where wanted, is a stream that stands on another stream.
 *
 * Order of calls: open, again and again until it answers other than 0; then send and recv in any order; then
 * close. After a negative result of send or recv the agent calls close and nothing else. After one of open
 * the stream is closed. Results below 0 are edgespan_stream_error.
 *
 * Threads: all calls come from inside Reporter::step, Reporter::flush or Reporter::stop, never two at once.
 * The thread may change from call to call. */
typedef struct edgespan_stream {
  void* ctx;

  /* Begins to connect to `host` and `port`, or goes on with it. `host` is a name or a numeric address, ends
   * with a NUL, and stays valid and unchanged until close. > 0: open. 0: in progress, call again later. < 0:
   * failed, and the stream is closed. Resolving the name does not block either. */
  int (*open)(void* ctx, const char* host, uint16_t port);

  /* Offers `n` (1 or more) bytes. > 0: so many were taken, from the front; the agent offers the rest again.
   * 0: none can be taken now. < 0: the connection is dead. If the peer has sent bytes that were not read yet,
   * a port reports the end only after recv has given them: a server that refuses a request answers, then
   * closes. */
  int32_t (*send)(void* ctx, const void* bytes, size_t n);

  /* Takes up to `n` (1 or more) bytes. > 0: so many arrived. 0: none are there now; this never means
   * "closed". < 0: the connection is dead; EDGESPAN_STREAM_CLOSED if the peer closed it in order. */
  int32_t (*recv)(void* ctx, void* bytes, size_t n);

  /* Ends the connection, or the attempt to connect, in any state. May be called twice. */
  void (*close)(void* ctx);

  /* True: open answers > 0 only after the peer has proved, with a certificate that was verified, that it is
   * `host`, and every byte travels encrypted. The agent sends to an https:// URL through no other stream. */
  bool secure;
} edgespan_stream;

/* Why open, send or recv failed. TLS and what follows it come from encrypting streams only. UNKNOWN_ROOT to
 * BAD_CERTIFICATE: the peer was reached and its certificate was rejected; another attempt alone changes
 * nothing. NO_CLOCK to NO_MEMORY: this machine lacks something. */
typedef enum edgespan_stream_error {
  EDGESPAN_STREAM_FAILED = -1,           /* any other reason */
  EDGESPAN_STREAM_CLOSED = -2,           /* the peer closed the connection in order */
  EDGESPAN_STREAM_RESET = -3,            /* the connection was reset or broke */
  EDGESPAN_STREAM_REFUSED = -4,          /* nobody listens on that port */
  EDGESPAN_STREAM_UNREACHABLE = -5,      /* no route, no network, or no answer */
  EDGESPAN_STREAM_NO_HOST = -6,          /* the name does not resolve */
  EDGESPAN_STREAM_TLS = -7,              /* no common protocol, an alert, or bytes that are not valid TLS */
  EDGESPAN_STREAM_UNKNOWN_ROOT = -8,     /* the chain leads to none of the roots; also: self-signed */
  EDGESPAN_STREAM_WRONG_HOST = -9,       /* the certificate is for another name */
  EDGESPAN_STREAM_EXPIRED = -10,         /* a certificate of the chain has ended */
  EDGESPAN_STREAM_NOT_YET_VALID = -11,   /* a certificate of the chain begins later than the wall clock is */
  EDGESPAN_STREAM_BAD_CERTIFICATE = -12, /* a certificate is unreadable, too weak, or not for servers */
  EDGESPAN_STREAM_NO_CLOCK = -13,        /* the wall clock is not set, so dates cannot be checked */
  EDGESPAN_STREAM_NO_ENTROPY = -14,      /* the platform has no entropy yet, so there are no keys */
  EDGESPAN_STREAM_NO_MEMORY = -15        /* the memory given to TLS is too small */
} edgespan_stream_error;

/* Makes an encrypted stream over a plain one, for an https:// URL, which is refused without it. Called by
 * whoever starts and stops the agent, one call at a time. Optional. */
typedef struct edgespan_tls {
  void* ctx;

  /* Returns an encrypted stream (`secure` is true) over `inner`. `inner`, `clock` and what the result points
   * to stay valid until `stop`. NULL: it cannot be had, and `*problem` is a static text that says what is
   * wrong and what to do. Called at most once before `stop`. */
  const edgespan_stream* (*start)(void* ctx, const edgespan_stream* inner, const edgespan_clock* clock,
                                  const char** problem);

  /* Closes the stream and erases its keys. Called only after a `start` that returned a stream. */
  void (*stop)(void* ctx);
} edgespan_tls;

/* Packs request bodies. All calls come from inside Reporter::step, Reporter::flush or Reporter::stop, never
 * two at once. Optional. */
typedef struct edgespan_gzip {
  void* ctx;

  /* Packs `n` bytes as gzip (RFC 1952). Returns the packed bytes, valid until the next call, and sets
   * `*packed_n` to their number. Returns NULL if packing does not pay; the bytes are then sent as they are.
   * Equal bytes give equal results, because what is offered again must be the same. */
  const void* (*pack)(void* ctx, const void* bytes, size_t n, size_t* packed_n);
} edgespan_gzip;

/* A thread that runs the reporter. Optional: a main loop may call Reporter::step instead. */
typedef struct edgespan_worker {
  void* ctx;

  /* Starts the thread. It calls `step(arg)` again and again, and waits between two calls for at most as many
   * microseconds as `step` returned. `wake`, or a stream that became ready, ends the wait earlier. False:
   * there is no thread, and nothing was started. Called by whoever starts the agent. */
  bool (*start)(void* ctx, uint64_t (*step)(void* arg), void* arg);

  /* Ends the thread's present wait, or the next one if the thread is not waiting. Any thread. */
  void (*wake)(void* ctx);

  /* Asks the thread to end after its present step, and waits for that for at most `timeout_us`. True: the
   * thread has ended, or there was none. False: it still runs, and stop may be called again. */
  bool (*stop)(void* ctx, uint64_t timeout_us);
} edgespan_worker;

#ifdef __cplusplus
}
#endif
#endif
