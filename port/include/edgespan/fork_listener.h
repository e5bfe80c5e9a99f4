/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGESPAN_FORK_LISTENER_H
#define EDGESPAN_FORK_LISTENER_H

#ifdef __cplusplus
extern "C" {
#endif

/* Who wants to know when the process forks. The listener owns the node, and leaves it in its place until it
 * has taken it out of the port's list (edgespan_clock::listen_for_fork). */
typedef struct edgespan_fork_listener {
  void* ctx;

  /* Called in the child, on the only thread that it has, before fork() returns there. It neither waits nor
   * allocates. */
  void (*forked)(void* ctx);

  struct edgespan_fork_listener* next; /* the port's, while the node is in its list */
} edgespan_fork_listener;

#ifdef __cplusplus
}
#endif
#endif
