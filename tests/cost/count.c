/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin of qemu that counts what a program does between two marks: guest instructions, system calls, reads
 * of the clock, and calls of functions that allocate. For one processor that runs one thread.
 *
 * Arguments, all addresses in hexadecimal:
 *   begin=ADDR end=ADDR  functions of the program; what is executed between a call of the first and one of
 * the second is a stretch. Each call of `end` writes a line: instructions, system calls, reads of the clock,
 *                        allocations
 *   hide=ADDR:ADDR       code whose instructions are not counted, from the first address to before the second
 *   clock=ADDR           the function that reads the clock
 *   allocates=ADDR       a function whose calls are counted; may be given several times
 *   out=PATH             where the lines go
 *   blocks=yes           after each line, a line for each block of code: a blank, its address, instructions
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The plugin interface of qemu, version 1, as far as it is used here: Debian ships no header of it. */
typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info_t;
enum { no_registers = 0, add_u64 = 0 };
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t,
                                           void (*)(qemu_plugin_id_t, struct qemu_plugin_tb*));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb*, int operation, void* counter,
                                              uint64_t value);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb*, void (*)(unsigned, void*), int flags,
                                          void* data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn*, void (*)(unsigned, void*), int flags,
                                            void* data);
void qemu_plugin_register_vcpu_syscall_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, unsigned, int64_t,
                                                                     uint64_t, uint64_t, uint64_t, uint64_t,
                                                                     uint64_t, uint64_t, uint64_t, uint64_t));
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb*);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb*);
struct qemu_plugin_insn* qemu_plugin_tb_get_insn(const struct qemu_plugin_tb*, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn*);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;
__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t, const struct qemu_info_t*,
                                                               int, char**);

struct counts {
  uint64_t instructions, system_calls, clock_reads, allocations;
};
struct block {
  uint64_t address, size, executed;
  struct block* next;
};

enum { functions_max = 8 };
static uint64_t begin_at, end_at, clock_at, hidden_begin, hidden_end;
static uint64_t allocating[functions_max];
static size_t allocating_count;
static bool by_block;
static FILE* out;

static struct counts now, at_begin;
static bool inside;
static struct block* blocks;

static void on_begin(unsigned cpu, void* data) {
  (void)cpu, (void)data;
  for (struct block* b = blocks; b != NULL; b = b->next) b->executed = 0;
  at_begin = now;
  inside = true;
}

static void on_end(unsigned cpu, void* data) {
  (void)cpu, (void)data;
  inside = false;
  fprintf(out, "%llu %llu %llu %llu\n", (unsigned long long)(now.instructions - at_begin.instructions),
          (unsigned long long)(now.system_calls - at_begin.system_calls),
          (unsigned long long)(now.clock_reads - at_begin.clock_reads),
          (unsigned long long)(now.allocations - at_begin.allocations));
  for (const struct block* b = blocks; b != NULL; b = b->next) {
    if (b->executed == 0) continue;
    fprintf(out, " %llx %llu\n", (unsigned long long)b->address, (unsigned long long)(b->executed * b->size));
  }
  fflush(out);
}

static void on_clock_read(unsigned cpu, void* data) {
  (void)cpu, (void)data;
  ++now.clock_reads;
}

static void on_allocation(unsigned cpu, void* data) {
  (void)cpu, (void)data;
  ++now.allocations;
}

static void on_block(unsigned cpu, void* data) {
  (void)cpu;
  if (inside) ++((struct block*)data)->executed;
}

static void on_system_call(qemu_plugin_id_t id, unsigned cpu, int64_t number, uint64_t a, uint64_t b,
                           uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h) {
  (void)id, (void)cpu, (void)number, (void)a, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g, (void)h;
  ++now.system_calls;
}

/* A block that is translated again gets a further entry; whoever reads the lines adds them up. */
static struct block* add_block(uint64_t address, uint64_t size) {
  struct block* b = malloc(sizeof *b);
  if (b == NULL) abort();
  *b = (struct block){address, size, 0, blocks};
  return blocks = b;
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb* tb) {
  (void)id;
  const size_t size = qemu_plugin_tb_n_insns(tb);
  for (size_t i = 0; i < size; ++i) {
    struct qemu_plugin_insn* const insn = qemu_plugin_tb_get_insn(tb, i);
    const uint64_t at = qemu_plugin_insn_vaddr(insn);
    if (at == begin_at) qemu_plugin_register_vcpu_insn_exec_cb(insn, on_begin, no_registers, NULL);
    if (at == end_at) qemu_plugin_register_vcpu_insn_exec_cb(insn, on_end, no_registers, NULL);
    if (at == clock_at) qemu_plugin_register_vcpu_insn_exec_cb(insn, on_clock_read, no_registers, NULL);
    for (size_t k = 0; k < allocating_count; ++k) {
      if (at == allocating[k])
        qemu_plugin_register_vcpu_insn_exec_cb(insn, on_allocation, no_registers, NULL);
    }
  }
  const uint64_t address = qemu_plugin_tb_vaddr(tb);
  if (address >= hidden_begin && address < hidden_end) return;
  qemu_plugin_register_vcpu_tb_exec_inline(tb, add_u64, &now.instructions, size);
  if (by_block) qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, no_registers, add_block(address, size));
}

static bool take(const char* argument) {
  const char* const value = strchr(argument, '=');
  if (value == NULL) return false;
  const size_t name = (size_t)(value - argument);
  char* rest = NULL;
  const uint64_t address = strtoull(value + 1, &rest, 16);
  if (strncmp(argument, "begin", name) == 0) {
    begin_at = address;
  } else if (strncmp(argument, "end", name) == 0) {
    end_at = address;
  } else if (strncmp(argument, "clock", name) == 0) {
    clock_at = address;
  } else if (strncmp(argument, "hide", name) == 0) {
    hidden_begin = address;
    hidden_end = strtoull(rest + 1, NULL, 16);
  } else if (strncmp(argument, "allocates", name) == 0 && allocating_count < functions_max) {
    allocating[allocating_count++] = address;
  } else if (strncmp(argument, "out", name) == 0) {
    out = fopen(value + 1, "w");
  } else if (strncmp(argument, "blocks", name) == 0) {
    by_block = true;
  } else {
    return false;
  }
  return true;
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t* info, int count, char** arguments) {
  (void)info;
  for (int i = 0; i < count; ++i) {
    if (take(arguments[i])) continue;
    fprintf(stderr, "count: what is %s?\n", arguments[i]);
    return 1;
  }
  if (out == NULL || begin_at == 0 || end_at == 0) return 1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
  qemu_plugin_register_vcpu_syscall_cb(id, on_system_call);
  return 0;
}
