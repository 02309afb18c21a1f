"""Runs a command on a pseudo-terminal and plays what the arguments say: 'wait TEXT' until the screen shows it after the
step before, 'keys TEXT', 'size ROWS COLUMNS', 'signal NUMBER'. Then waits for the command's end, and prints its exit code,
whether the terminal's modes are what they were, and how the output ends."""
import fcntl, os, select, struct, subprocess, sys, termios, time

LIMIT = 60
separator = sys.argv.index("--")
master, terminal = os.openpty()
before = termios.tcgetattr(terminal)
seen = b""


def resize(rows, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def own_session():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def read_until(done):
    global seen
    deadline = time.monotonic() + LIMIT
    while not done():
        if time.monotonic() > deadline:
            child.kill()
            sys.exit("not seen in %d s; the screen: %r" % (LIMIT, seen[-2000:]))
        if select.select([master], [], [], 0.05)[0]:
            seen += os.read(master, 65536)


resize(24, 80)
child = subprocess.Popen(sys.argv[separator + 1:], stdin=terminal, stdout=terminal, stderr=terminal, preexec_fn=own_session)
behind = 0
for step in sys.argv[1:separator]:
    verb, rest = step.split(" ", 1)
    if verb == "wait":
        wanted = rest.encode().decode("unicode_escape").encode()
        read_until(lambda: wanted in seen[behind:])
        behind = len(seen)
    elif verb == "keys":
        os.write(master, rest.encode().decode("unicode_escape").encode())
    elif verb == "size":
        resize(*map(int, rest.split()))
    elif verb == "signal":
        os.kill(child.pid, int(rest))
read_until(lambda: child.poll() is not None)
while select.select([master], [], [], 0.05)[0]:
    seen += os.read(master, 65536)
print("exit", child.returncode)
print("modes", "restored" if termios.tcgetattr(terminal) == before else "changed")
print("end", repr(seen[-24:]))
