package io.emberlog.handler.alert;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.RetryLaterException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Keeps what it is told; fails when asked to. A bulletin has as many parts as {@link #parts}. */
final class FakeAlertService implements AlertService {
    final List<Bulletin> told = new ArrayList<>();
    final List<String> sent = new ArrayList<>();
    int parts = 1;
    int attempts;
    boolean isAway;
    boolean refusesText;
    long retryAfterNs;
    int failsAtPart = -1;
    int opened;
    int closed;

    @Override
    public void open(HandlerContext context) {
        opened++;
    }

    @Override
    public List<Outgoing> compose(Bulletin bulletin) {
        List<Outgoing> outgoing = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            int number = part;
            outgoing.add(() -> send(bulletin, number));
        }
        return outgoing;
    }

    private void send(Bulletin bulletin, int part) throws IOException, MessageRefusedException {
        attempts++;
        if (retryAfterNs > 0) {
            long delay = retryAfterNs;
            retryAfterNs = 0;
            throw new RetryLaterException("busy", delay);
        }
        if (isAway || failsAtPart == part) {
            failsAtPart = -1;
            throw new IOException("away");
        }
        if (refusesText && !bulletin.notices().get(0).logger().isEmpty()) {
            throw new MessageRefusedException("bad text");
        }
        sent.add(NoticeText.headline(bulletin) + (parts == 1 ? "" : " part " + part));
        if (part == parts - 1) {
            told.add(bulletin);
        }
    }

    @Override
    public long waitNs(long nowNs) {
        return 0;
    }

    @Override
    public void close() {
        closed++;
    }

    /** Records that were told of, over all notices. */
    long counted() {
        return told.stream()
                .flatMap(bulletin -> bulletin.notices().stream())
                .mapToLong(Notice::count)
                .sum();
    }

    List<Notice> notices() {
        return told.stream().flatMap(bulletin -> bulletin.notices().stream()).toList();
    }
}
