/* Stands in for the kernel's HID devices: opening the path in HIDRAW_PATH connects to the socket in HIDRAW_SOCKET,
   once for input reports and once for features. The far end is a simulated device. hidapi above it is the real one. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/hidraw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int input = -1, feature = -1;

static int joined(void) {
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    strncpy(at.sun_path, getenv("HIDRAW_SOCKET"), sizeof at.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) < 0) {
        close(fd);
        errno = ENOENT;
        return -1;
    }
    return fd;
}

static int opened(const char *name, const char *path, int flags, mode_t mode) {
    const char *ours = getenv("HIDRAW_PATH");
    if (ours && !strcmp(path, ours)) {
        feature = joined();
        return input = feature < 0 ? -1 : joined();
    }
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, name);
    return real(path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    return opened("open", path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    return opened("open64", path, flags, mode);
}

int ioctl(int fd, unsigned long request, ...) {
    va_list rest;
    va_start(rest, request);
    unsigned char *data = va_arg(rest, unsigned char *);
    va_end(rest);
    if (fd < 0 || fd != input) {
        int (*real)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
        return real(fd, request, data);
    }
    int size = _IOC_SIZE(request);
    if (request == HIDIOCGRDESCSIZE) return *(int *)data = 1, 0;
    if (_IOC_TYPE(request) != 'H') return errno = EINVAL, -1;
    unsigned char asked[4096] = {(unsigned char)_IOC_NR(request)}, answer[4096];
    int get = _IOC_NR(request) == 0x07;
    memcpy(asked + 1, data, get ? 1 : size);
    if (send(feature, asked, get ? 2 : 1 + size, MSG_NOSIGNAL) < 0) return errno = ENODEV, -1;
    ssize_t got = recv(feature, answer, sizeof answer, 0);
    if (got < 1) return errno = ENODEV, -1;
    if (answer[0]) return errno = EPIPE, -1;
    if (!get) return size;
    if (got - 1 < size) size = got - 1;
    memcpy(data, answer + 1, size);
    return size;
}
