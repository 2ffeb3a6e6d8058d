/* The phones of the benchmarks: thousands of WebSocket clients in one thread.
 *
 * It reads what to do from its standard input, answers with one line of JSON each, and asks for
 * events by writing the number of a topic to the pipe from which the publisher reads. Every
 * delivery is checked: each client must see each event of its topic once and in order. It
 * acknowledges as docs/realtime.md asks: every 64 events, and what is left every ten seconds.
 *
 * While it measures it looks at its sockets every half millisecond instead of being woken for each
 * frame: a phone does not sleep on the server's machine, and waking it would be charged to the
 * server. All servers are measured so.
 *
 * Plan (one client per line, fields separated by tabs; "-" is empty):
 *   topic  path  extra-headers  first-words  second-words  subprotocol  last-number  missed
 * Headers are separated by two bars.
 * Commands:
 *   connect N rate within   connect the next N; rate 0 is all at once; wait until all follow
 *   run EVENTS FLIGHT TOPICS within   ask for events, FLIGHT at a time, over the first TOPICS
 *   quit
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { NEW, DIALLING, ASKING, GREETING, FOLLOWING, RESTING, LOST };
enum { ACK_EVERY = 64, ACK_SECONDS = 10, TRIES_MAX = 50, TICK_NS = 500000 };

struct client {
    int fd, state, topic, tries, missed;
    char *path, *header, *first, *second, *protocol;
    unsigned char *rest; /* the beginning of a frame that has not arrived whole */
    size_t rest_size;
    long long last, acked, at; /* at: when it may dial again, in microseconds */
};

struct topic {
    int followers;
    long long base, asked; /* the number before this run's first event; how many were asked for */
    int *heard;            /* by event of this run: how many clients have it */
    long long *asked_at;
};

static struct client *clients;
static struct topic *topics;
static int client_count, topic_count, opened, following, epoll_fd, publisher_fd;
static struct sockaddr_in server;
static char *host_and_port, *ack_topic;
static int mqtt;
static unsigned char buffer[1 << 20];

static long long lost, doubled, disordered, dropped, refused, failed, strange;
static long long *latencies, latency_count, latency_room, deliveries;
static int in_flight, complete, running;

static long long now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void *get(size_t size) {
    void *memory = calloc(1, size ? size : 1);
    if (!memory) die("memory");
    return memory;
}

/* ---- Speaking ---------------------------------------------------------------------------- */

static void rest_a_while(struct client *c, long long us) {
    if (c->state == FOLLOWING) following--, dropped++;
    if (c->fd >= 0) close(c->fd);
    c->fd = -1;
    free(c->rest);
    c->rest = NULL, c->rest_size = 0;
    c->state = ++c->tries > TRIES_MAX ? LOST : RESTING;
    c->at = now_us() + us;
}

static void come_back(struct client *c) { /* full jitter, as the client rules ask */
    long long most = 500000LL << (c->tries < 6 ? c->tries : 6);
    failed++;
    rest_a_while(c, (long long)(drand48() * most));
}

static void put(struct client *c, const void *data, size_t size) {
    /* A few dozen bytes on a socket that we keep empty: the kernel takes them whole. */
    if (send(c->fd, data, size, MSG_NOSIGNAL) != (ssize_t)size) come_back(c);
}

static void say(struct client *c, int opcode, const void *payload, size_t size) {
    unsigned char out[2048] = {0x80 | opcode};
    size_t at = 2;
    if (size > sizeof out - 16) die("too much to say");
    if (size < 126) {
        out[1] = 0x80 | size;
    } else {
        out[1] = 0x80 | 126, out[2] = size >> 8, out[3] = size & 255;
        at = 4;
    }
    for (int i = 0; i < 4; i++) out[at + i] = 0x21 + 17 * i;
    for (size_t i = 0; i < size; i++)
        out[at + 4 + i] = ((const unsigned char *)payload)[i] ^ out[at + i % 4];
    put(c, out, at + 4 + size);
}

static void acknowledge(struct client *c) {
    char text[300];
    int size = snprintf(text, sizeof text, "{\"type\":\"ack\",\"topic\":\"%s%d\",\"seq\":%lld}",
                        ack_topic, c->topic, c->last);
    c->acked = c->last;
    say(c, 1, text, size);
}

static void ask_for(int topic) {
    struct topic *t = &topics[topic];
    char line[16];
    int size = snprintf(line, sizeof line, "%d\n", topic);
    t->asked_at[t->asked++] = now_us();
    in_flight++;
    if (write(publisher_fd, line, size) != size) die("the publisher");
}

/* ---- MQTT 3.1.1, as far as a subscriber needs it ------------------------------------------ */

static void mqtt_connect(struct client *c) {
    char out[64] = {0x10, 0, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0};
    int size = snprintf(out + 14, 40, "phone-%ld", (long)(c - clients));
    out[13] = size, out[1] = 12 + size;
    say(c, 2, out, 14 + size);
}

static void mqtt_subscribe(struct client *c) {
    char out[64] = {(char)0x82, 0, 0, 1, 0};
    int size = snprintf(out + 6, 40, "bench/%d", c->topic);
    out[5] = size, out[1] = 5 + size;
    say(c, 2, out, 7 + size);
}

/* ---- Hearing ------------------------------------------------------------------------------ */

static void follows(struct client *c) {
    if (c->state == FOLLOWING || c->missed > 0) return;
    c->state = FOLLOWING;
    c->tries = 0;
    following++;
}

static long long number_in(const unsigned char *text, size_t size) {
    const unsigned char *at = memmem(text, size < 200 ? size : 200, "\"seq\":", 6);
    return at ? strtoll((const char *)at + 6, NULL, 10) : -1;
}

static void event(struct client *c, long long number) {
    long long expected = c->last + 1;
    if (number < expected) {
        doubled++;
        return;
    }
    if (number > expected) {
        lost += number - expected;
        disordered++;
    }
    c->last = number;
    if (c->missed > 0) {
        c->missed--;
        follows(c);
    }
    if (ack_topic && c->last - c->acked >= ACK_EVERY) acknowledge(c);
    if (!running) return;
    struct topic *t = &topics[c->topic];
    long long which = number - t->base - 1;
    if (which < 0 || which >= t->asked) {
        strange++;
        return;
    }
    deliveries++;
    if (latency_count < latency_room) latencies[latency_count++] = now_us() - t->asked_at[which];
    if (++t->heard[which] == t->followers) in_flight--, complete++;
}

/* Every JSON begins with its type; some servers put a space after the colon. */
static int is(const unsigned char *payload, size_t size, const char *kind) {
    size_t at = 8, length = strlen(kind);
    if (size < length + 12 || memcmp(payload, "{\"type\":", at)) return 0;
    if (payload[at] == ' ') at++;
    return payload[at] == '"' && !memcmp(payload + at + 1, kind, length) &&
           payload[at + 1 + length] == '"';
}

static void text(struct client *c, const unsigned char *payload, size_t size) {
    if (is(payload, size, "event")) {
        event(c, number_in(payload, size));
    } else if (is(payload, size, "subscribed")) {
        if (c->last < 0) c->last = number_in(payload, size);
        /* Phones do not count in step: each has acknowledged up to a point of its own. */
        c->acked = c->last - (c - clients) % ACK_EVERY;
        follows(c);
    } else if (is(payload, size, "welcome")) {
        say(c, 1, c->second, strlen(c->second));
    } else if (!is(payload, size, "top") && strange++ < 5) {
        fprintf(stderr, "load: unexpected: %.*s\n", (int)(size < 200 ? size : 200), payload);
    }
}

static void packets(struct client *c, const unsigned char *at, size_t size) {
    while (size >= 2) {
        size_t body = 0, head = 1;
        for (int shift = 0; head < size; shift += 7) {
            body |= (size_t)(at[head] & 127) << shift;
            if (!(at[head++] & 128)) break;
        }
        if (head + body > size) break;
        int kind = at[0] >> 4;
        if (kind == 2) mqtt_subscribe(c);
        if (kind == 9) c->last = 0, follows(c);
        if (kind == 3) {
            size_t name = (at[head] << 8) + at[head + 1] + 2;
            event(c, number_in(at + head + name, body - name));
        }
        at += head + body, size -= head + body;
    }
    if (size) strange++;
}

/* Take the frames in; give the number of bytes used. */
static size_t frames(struct client *c, const unsigned char *data, size_t size) {
    size_t used = 0;
    while (c->fd >= 0 && size - used >= 2) {
        const unsigned char *at = data + used;
        size_t body = at[1] & 127, head = 2;
        if (body == 126) {
            if (size - used < 4) break;
            body = (at[2] << 8) | at[3], head = 4;
        } else if (body == 127) {
            if (size - used < 10) break;
            body = 0, head = 10;
            for (int i = 2; i < 10; i++) body = body << 8 | at[i];
        }
        if (size - used - head < body) break;
        switch (at[0]) {
        case 0x81: text(c, at + head, body); break;
        case 0x82: packets(c, at + head, body); break;
        case 0x89: say(c, 10, at + head, body); break;
        case 0x8A: break;
        case 0x88: come_back(c); return used;
        default: strange++;
        }
        used += head + body;
    }
    return used;
}

static size_t answer(struct client *c, const unsigned char *data, size_t size) {
    const unsigned char *end = memmem(data, size, "\r\n\r\n", 4);
    if (!end) return 0;
    int status = size > 12 ? atoi((const char *)data + 9) : 0;
    if (status != 101) {
        const char *after = memmem(data, end - data + 2, "etry-", 5);
        if (status == 503 && after && (after = memchr(after, ':', 12))) {
            refused++;
            rest_a_while(c, (long long)((atoi(after + 1) + drand48()) * 1e6));
        } else {
            come_back(c);
        }
        return size;
    }
    c->state = GREETING;
    if (mqtt)
        mqtt_connect(c);
    else if (*c->first)
        say(c, 1, c->first, strlen(c->first));
    return end + 4 - data;
}

static void readable(struct client *c) {
    for (;;) {
        size_t held = c->rest_size, used = 0;
        if (held) memcpy(buffer, c->rest, held);
        ssize_t size = recv(c->fd, buffer + held, sizeof buffer - held - 1, 0);
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (size <= 0) {
            come_back(c);
            return;
        }
        size_t all = held + size, room = sizeof buffer - held - 1;
        buffer[all] = 0;
        if (c->state == ASKING) used = answer(c, buffer, all);
        if (c->fd >= 0 && c->state != ASKING) used += frames(c, buffer + used, all - used);
        if (c->fd < 0) return;
        if (c->rest_size != all - used) {
            free(c->rest);
            c->rest = all > used ? get(all - used) : NULL;
        }
        c->rest_size = all - used;
        if (c->rest_size) memcpy(c->rest, buffer + used, c->rest_size);
        if ((size_t)size < room) return;
    }
}

/* ---- Connecting --------------------------------------------------------------------------- */

static void watch(struct client *c, int events, int change) {
    struct epoll_event wanted = {.events = events, .data.ptr = c};
    if (epoll_ctl(epoll_fd, change, c->fd, &wanted)) die("epoll_ctl");
}

static void dial(struct client *c) {
    int yes = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (c->fd < 0) die("socket (raise ulimit -n)");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    c->state = DIALLING;
    if (connect(c->fd, (struct sockaddr *)&server, sizeof server) && errno != EINPROGRESS)
        come_back(c);
    else
        watch(c, EPOLLOUT, EPOLL_CTL_ADD);
}

static void ask(struct client *c) {
    char out[2048];
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error) {
        come_back(c);
        return;
    }
    int size = snprintf(out, sizeof out,
                        "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        "%s%s%s%s%s\r\n",
                        c->path, host_and_port, *c->protocol ? "Sec-WebSocket-Protocol: " : "",
                        c->protocol, *c->protocol ? "\r\n" : "", c->header, *c->header ? "\r\n" : "");
    watch(c, EPOLLIN, EPOLL_CTL_MOD);
    c->state = ASKING;
    put(c, out, size);
}

/* ---- The loop ----------------------------------------------------------------------------- */

static void look(int timeout_ms) {
    static struct epoll_event events[1024];
    int count = epoll_wait(epoll_fd, events, 1024, timeout_ms);
    for (int i = 0; i < count; i++) {
        struct client *c = events[i].data.ptr;
        if (c->fd < 0) continue;
        if (c->state == DIALLING)
            ask(c);
        else
            readable(c);
    }
}

static void keep_acknowledging(void) {
    static long long second;
    long long this = now_us() / 1000000;
    if (!ack_topic || this == second) return;
    second = this;
    for (int i = this % ACK_SECONDS; i < opened; i += ACK_SECONDS)
        if (clients[i].state == FOLLOWING && clients[i].last > clients[i].acked)
            acknowledge(&clients[i]);
}

static void connect_all(int count, double rate, double within) {
    long long began = now_us(), latest = began + (long long)(within * 1e6);
    double cpu = cpu_seconds();
    int first = opened, wanted = following + count;
    long long refused_before = refused, failed_before = failed;
    opened += count;
    if (opened > client_count) opened = client_count;
    for (int i = first; i < opened; i++)
        clients[i].state = RESTING,
        clients[i].at = began + (long long)(rate > 0 ? (i - first) / rate * 1e6 : 0);
    while (following < wanted && now_us() < latest) {
        long long now = now_us();
        for (int i = 0; i < opened; i++)
            if (clients[i].state == RESTING && clients[i].at <= now) dial(&clients[i]);
        look(2);
        keep_acknowledging();
    }
    printf("{\"following\": %d, \"of\": %d, \"refused\": %lld, \"failed\": %lld, \"lost\": %lld, "
           "\"doubled\": %lld, \"strange\": %lld, \"seconds\": %.3f, \"cpu\": %.3f}\n",
           following, opened, refused - refused_before, failed - failed_before, lost, doubled,
           strange, (now_us() - began) / 1e6, cpu_seconds() - cpu);
}

static int by_size(const void *a, const void *b) {
    long long x = *(const long long *)a, y = *(const long long *)b;
    return (x > y) - (x < y);
}

static void run(int events, int flight, int over, double within) {
    int each = events / over + 1, asked = 0;
    for (int i = 0; i < over; i++) {
        free(topics[i].heard), free(topics[i].asked_at);
        topics[i].heard = get(each * sizeof(int));
        topics[i].asked_at = get(each * sizeof(long long));
        topics[i].followers = 0, topics[i].asked = 0, topics[i].base = -1;
    }
    long long expected = 0;
    for (int i = 0; i < opened; i++) {
        struct client *c = &clients[i];
        if (c->state != FOLLOWING) continue;
        struct topic *t = &topics[c->topic];
        t->followers++;
        if (c->last > t->base) t->base = c->last;
    }
    for (int i = 0; i < events; i++) expected += topics[i % over].followers;
    free(latencies);
    latency_room = expected, latencies = get(expected * sizeof(long long));
    latency_count = deliveries = in_flight = complete = 0;
    lost = doubled = disordered = dropped = strange = 0;
    running = 1;
    double cpu = cpu_seconds();
    long long began = now_us(), latest = began + (long long)(within * 1e6);
    struct timespec tick = {0, TICK_NS};
    while (complete < events && now_us() < latest) {
        while (asked < events && in_flight < flight) ask_for(asked++ % over);
        nanosleep(&tick, NULL);
        look(0);
        keep_acknowledging();
    }
    double seconds = (now_us() - began) / 1e6;
    running = 0;
    qsort(latencies, latency_count, sizeof *latencies, by_size);
    long long p50 = latency_count ? latencies[latency_count / 2] : 0;
    long long p99 = latency_count ? latencies[latency_count * 99 / 100] : 0;
    printf("{\"events\": %d, \"deliveries\": %lld, \"expected\": %lld, \"lost\": %lld, "
           "\"doubled\": %lld, \"disordered\": %lld, \"dropped\": %lld, \"strange\": %lld, "
           "\"p50_ms\": %.3f, \"p99_ms\": %.3f, \"seconds\": %.4f, \"client_cpu\": %.4f}\n",
           complete, deliveries, expected, lost, doubled, disordered, dropped, strange, p50 / 1e3,
           p99 / 1e3, seconds, cpu_seconds() - cpu);
}

static char *field(char **line) {
    char *value = strsep(line, "\t\n");
    return value && strcmp(value, "-") ? value : "";
}

static void read_plan(const char *path) {
    FILE *plan = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    if (!plan) die(path);
    for (; getline(&line, &room, plan) > 0; client_count++) {
        char *at = strdup(line);
        clients = realloc(clients, (client_count + 1) * sizeof *clients);
        struct client *c = &clients[client_count];
        memset(c, 0, sizeof *c);
        c->fd = -1;
        c->topic = atoi(field(&at));
        c->path = field(&at), c->header = field(&at), c->first = field(&at);
        c->second = field(&at), c->protocol = field(&at);
        for (char *bar = c->header; (bar = strstr(bar, "||")); bar += 2) memcpy(bar, "\r\n", 2);
        char *last = field(&at);
        c->last = *last ? atoll(last) : -1;
        c->missed = atoi(field(&at));
        if (c->topic >= topic_count) topic_count = c->topic + 1;
    }
    fclose(plan);
    topics = get(topic_count * sizeof *topics);
}

int main(int count, char **words) {
    if (count != 5) {
        fprintf(stderr, "usage: load PORT PLAN village|plain|mqtt PIPE\n");
        return 2;
    }
    char place[32], line[200];
    snprintf(place, sizeof place, "127.0.0.1:%s", words[1]);
    host_and_port = place;
    server.sin_family = AF_INET;
    server.sin_port = htons(atoi(words[1]));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!strcmp(words[3], "village")) ack_topic = "bench/";
    mqtt = !strcmp(words[3], "mqtt");
    publisher_fd = atoi(words[4]);
    epoll_fd = epoll_create1(0);
    read_plan(words[2]);
    setvbuf(stdout, NULL, _IOLBF, 0);
    fcntl(0, F_SETFL, O_NONBLOCK);
    for (size_t have = 0;;) {
        ssize_t size = read(0, line + have, 1);
        if (size == 0) return 0;
        if (size < 0) {
            look(20);
            keep_acknowledging();
            continue;
        }
        if (line[have] != '\n') {
            if (++have == sizeof line) die("the command is too long");
            continue;
        }
        line[have] = 0, have = 0;
        int a, b, t;
        double rate, within;
        if (sscanf(line, "connect %d %lf %lf", &a, &rate, &within) == 3)
            connect_all(a, rate, within);
        else if (sscanf(line, "run %d %d %d %lf", &a, &b, &t, &within) == 4)
            run(a, b, t, within);
        else
            return strcmp(line, "quit") ? 2 : 0;
    }
}
