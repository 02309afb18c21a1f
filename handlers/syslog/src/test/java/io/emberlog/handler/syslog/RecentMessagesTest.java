package io.emberlog.handler.syslog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentMessagesTest {
    private static final int SPAN = 10;

    private static List<Integer> kept(RecentMessages messages) throws IOException {
        List<Integer> firstBytes = new ArrayList<>();
        messages.forEach(message -> firstBytes.add((int) message[0]));
        return firstBytes;
    }

    @Test
    void aMessageIsForgottenWhenTheConnectionIsSeenToWorkLongAfterIt() throws IOException {
        RecentMessages messages = new RecentMessages(SPAN);
        messages.add(new byte[] {1}, 100);
        messages.add(new byte[] {2}, 105);
        messages.seen(110);
        assertThat(kept(messages)).containsExactly(1, 2);
        messages.seen(111);
        assertThat(kept(messages)).containsExactly(2);
    }

    @Test
    void oneThatWasSentAgainIsAsRecentAsThat() throws IOException {
        RecentMessages messages = new RecentMessages(SPAN);
        messages.add(new byte[] {1}, 100);
        messages.add(new byte[] {2}, 101);
        messages.sentAgain(1000);
        messages.seen(1010);
        assertThat(kept(messages)).containsExactly(1, 2);
    }

    @Test
    void theOldestGoWhenThereAreTooManyBytes() throws IOException {
        RecentMessages messages = new RecentMessages(SPAN);
        byte[] third = new byte[RecentMessages.MOST_BYTES / 3];
        for (byte i = 1; i <= 5; i++) {
            byte[] message = third.clone();
            message[0] = i;
            messages.add(message, 100);
        }
        assertThat(kept(messages)).containsExactly(3, 4, 5);
    }

    @Test
    void aMarkIsPassedWhenAllInFrontOfItAreForgotten() {
        RecentMessages messages = new RecentMessages(SPAN);
        assertThat(messages.isMarkPassed()).isTrue();
        messages.add(new byte[] {1}, 100);
        messages.add(new byte[] {2}, 105);
        messages.mark();
        messages.add(new byte[] {3}, 106);
        messages.seen(111);
        assertThat(messages.isMarkPassed()).isFalse();
        messages.sentAgain(112);
        messages.seen(122);
        assertThat(messages.isMarkPassed()).isFalse();
        messages.seen(123);
        assertThat(messages.isMarkPassed()).isTrue();
        messages.mark();
        assertThat(messages.isMarkPassed()).as("nothing is left").isTrue();
    }

    @Test
    void whatThereIsNoRoomForIsMissedAsLongAsItMightHaveToBeSentAgain() {
        RecentMessages messages = new RecentMessages(SPAN);
        messages.add(new byte[] {1}, 100);
        messages.mark();
        assertThat(messages.isIncomplete()).isFalse();
        messages.add(new byte[RecentMessages.MOST_BYTES], 105);
        assertThat(messages.isIncomplete()).isTrue();
        assertThat(messages.isMarkPassed()).isFalse();
        messages.seen(110);
        assertThat(messages.isIncomplete()).isTrue();
        messages.seen(111);
        assertThat(messages.isIncomplete()).isFalse();
        assertThat(messages.isMarkPassed()).isTrue();
        messages.add(new byte[] {1}, 112);
        messages.mark();
        messages.clear();
        assertThat(messages.isMarkPassed()).isTrue();
    }

    @Test
    void withoutASpanNothingIsKept() {
        RecentMessages messages = new RecentMessages(0);
        messages.add(new byte[] {1}, 100);
        assertThat(messages.isEmpty()).isTrue();
    }
}
