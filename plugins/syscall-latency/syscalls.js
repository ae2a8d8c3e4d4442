/// <reference path="../ebpf-agent.d.ts" />

// The label of a system call's number. No compiler: change this file, and the labels change.
//
// A host uses hundreds of numbers, and each series costs storage for every bucket it has. So calls that do one kind of work share a label (their
// counts are summed), and calls that wait for somebody else are dropped: an idle epoll_wait of ten seconds is not slow.
// `read`, `write` and "network receive" remain, and wait as well where the file is a pipe, a terminal or a blocking socket.

export const labels = ["syscall"];

const dropped = null;

const x64 = [
  ["read", [0, 17, 19, 295, 327]], // read, pread64, readv, preadv, preadv2
  ["write", [1, 18, 20, 296, 328]],
  ["open", [2, 85, 257, 437]], // open, creat, openat, openat2
  ["close", [3, 436]], // close, close_range
  ["sync", [26, 74, 75, 162, 277, 306]], // msync, fsync, fdatasync, sync, sync_file_range, syncfs
  ["stat", [4, 5, 6, 262, 332]], // stat, fstat, lstat, newfstatat, statx
  // lseek, access, sendfile, truncate..readlink (getdents, rename, mkdir, link, unlink...), getdents64, the *at calls, splice, fallocate,
  // renameat2, copy_file_range, faccessat2
  ["other file", [8, 21, 40, 76, 77, 78, 82, 83, 84, 86, 87, 88, 89, 217, 258, 263, 264, 265, 266, 267, 269, 275, 285, 316, 326, 439]],
  ["network send", [44, 46, 307]], // sendto, sendmsg, sendmmsg
  ["network receive", [45, 47, 299]],
  ["other network", [41, 42, 48, 49, 50, 51, 52, 53, 54, 55]], // socket, connect, shutdown, bind, listen..getsockopt
  ["memory", [9, 10, 11, 12, 25, 28]], // mmap, mprotect, munmap, brk, mremap, madvise
  ["process", [56, 57, 58, 59, 322, 435]], // clone, fork, vfork, execve, execveat, clone3
  [dropped, [7, 23, 232, 270, 271, 281, 441]], // poll, select, epoll_wait, pselect6, ppoll, epoll_pwait, epoll_pwait2
  [dropped, [34, 35, 61, 128, 130, 219, 230, 247]], // pause, nanosleep, wait4, rt_sig*, restart_syscall, clock_nanosleep, waitid
  [dropped, [202, 449, 455]], // futex, futex_waitv, futex_wait: an idle thread pool more often than a contended lock
  [dropped, [43, 65, 70, 208, 220, 243, 288, 333, 426]], // accept, sem*, msgrcv, io_getevents, mq_timedreceive, accept4, io_uring_enter
];

const arm64 = [
  ["read", [63, 65, 67, 69, 286]],
  ["write", [64, 66, 68, 70, 287]],
  ["open", [56, 437]],
  ["close", [57, 436]],
  ["sync", [81, 82, 83, 84, 227, 267]],
  ["stat", [79, 80, 291]],
  ["other file", [34, 35, 36, 37, 38, 45, 46, 47, 48, 61, 62, 71, 76, 78, 276, 285, 439]],
  ["network send", [206, 211, 269]],
  ["network receive", [207, 212, 243]],
  ["other network", [198, 199, 200, 201, 203, 204, 205, 208, 209, 210]],
  ["memory", [214, 215, 216, 222, 226, 233]],
  ["process", [220, 221, 281, 435]],
  [dropped, [22, 72, 73, 441]],
  [dropped, [95, 101, 115, 128, 133, 137, 260]],
  [dropped, [98, 449, 455]],
  [dropped, [4, 183, 188, 192, 193, 202, 242, 292, 426]],
];

const labelOf = [];
for (const [label, numbers] of host.architecture === "arm64" ? arm64 : x64)
  for (const nr of numbers) labelOf[nr] = label;

export function decode(key) {
  const label = labelOf[key.nr];
  if (label === undefined) return ["other"];
  return label === dropped ? null : [label];
}
