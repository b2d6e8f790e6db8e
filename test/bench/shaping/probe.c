/*
 * Pings an address about every 10 ms, as `fping -p 10` does, which takes a fifth of a kernel whose system calls are slow. Behind the last one it
 * prints a line for each: when it was sent, in s since 1970, and after how many ms the kernel got the answer, or -1 for none within 2 s.
 *
 *     probe ADDRESS COUNT
 */
#include <arpa/inet.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

/* ns: not quite 10 ms, or each would fall on a tick of the kernel, which would take it for all of the time in between. */
#define PERIOD 10100000L
#define PATIENCE 200     /* periods */
#define MOST 60000

static struct {
  struct timespec sent;
  double delay;
} probes[MOST];

static double ms(struct timespec from, struct timespec to) {
  return 1000 * (to.tv_sec - from.tv_sec) + (to.tv_nsec - from.tv_nsec) / 1e6;
}

static void hear(int fd, int count) {
  char packet[256], control[256];
  struct iovec data = {packet, sizeof packet};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  while (recvmsg(fd, &message, MSG_DONTWAIT) >= (ssize_t)sizeof(struct icmphdr)) {
    int number = ntohs(((struct icmphdr *)packet)->un.echo.sequence);
    struct cmsghdr *stamp = CMSG_FIRSTHDR(&message);
    if (stamp && number < count) probes[number].delay = ms(probes[number].sent, *(struct timespec *)CMSG_DATA(stamp));
    message.msg_controllen = sizeof control;
  }
}

int main(int words, char **word) {
  int count = words == 3 ? atoi(word[2]) : 0;
  if (count < 1 || count > MOST) return 2;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr(word[1])};
  /* The kernel adds identity and checksum. */
  int fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP), on = 1;
  if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) || setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on)) {
    perror("probe");
    return 1;
  }
  char packet[64] = {ICMP_ECHO};
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  for (int i = 0; i < count + PATIENCE; i++) {
    if (i < count) {
      ((struct icmphdr *)packet)->un.echo.sequence = htons(i);
      probes[i].delay = -1;
      clock_gettime(CLOCK_REALTIME, &probes[i].sent);
      send(fd, packet, sizeof packet, 0);
    }
    next.tv_nsec += PERIOD;
    if (next.tv_nsec >= 1000000000L) next.tv_sec++, next.tv_nsec -= 1000000000L;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    hear(fd, count);
  }
  for (int i = 0; i < count; i++) {
    double delay = probes[i].delay;
    printf("%ld.%06ld %.3f\n", probes[i].sent.tv_sec, probes[i].sent.tv_nsec / 1000, delay > 2000 ? -1 : delay);
  }
  return 0;
}
