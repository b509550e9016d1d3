/* The only program of the image without a shell: says that it is up, then waits until it is told to end. */
#include <signal.h>
#include <unistd.h>

static void end(int signal) {
  (void)signal;
  _exit(0);
}

int main(void) {
  signal(SIGTERM, end);
  signal(SIGINT, end);
  if (write(1, "still here\n", 11) != 11) return 1;
  for (;;) pause();
}
