package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Says of bytes whether they are an entry, from the layout in {@link MessageDescriptor} and with no code of the decoder's. */
final class EntryOracle {
    private static final class Invalid extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private EntryOracle() {}

    static boolean isEntry(byte[] bytes, int offset, int limit) {
        try {
            ByteBuffer entry = take(ByteBuffer.wrap(bytes, offset, limit - offset), Bytes.getInt(bytes, offset));
            require(entry.remaining() >= ENTRY_HEADER_LENGTH);
            int severity = entry.get(entry.position() + ENTRY_SEVERITY_OFFSET);
            require(severity >= 0 && severity <= Level.MAX_SEVERITY);
            take(entry, ENTRY_HEADER_LENGTH);
            int before = 0;
            while (entry.hasRemaining()) {
                int word = entry.getInt();
                int tag = word & 0xFF;
                require(tag > before);
                before = tag;
                section(tag, take(entry, word >>> 8));
            }
            return true;
        } catch (Invalid | BufferUnderflowException e) {
            return false;
        }
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new Invalid();
        }
    }

    /** The next bytes, and moves behind them. */
    private static ByteBuffer take(ByteBuffer from, int length) {
        require(length >= 0 && length <= from.remaining());
        ByteBuffer part = from.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        part.limit(part.position() + length);
        from.position(from.position() + length);
        return part;
    }

    private static int u16(ByteBuffer from) {
        return from.getShort() & 0xFFFF;
    }

    private static void section(int tag, ByteBuffer body) {
        switch (tag) {
            case ARGS -> {
                for (int left = body.get() & 0xFF; left > 0; left--) {
                    value(body);
                }
            }
            case FIELDS, MDC -> {
                for (int left = u16(body); left > 0; left--) {
                    require(value(body) == STRING);
                    value(body);
                }
            }
            case CALLER -> {
                for (int i = 0; i < 4; i++) {
                    int type = value(body);
                    require(i == 2 ? type == LONG : type == STRING || type == NULL);
                }
            }
            case EXCEPTION -> exception(body);
            case ORIGINAL_LENGTH -> body.getLong();
            default -> body.position(body.limit());
        }
        require(!body.hasRemaining());
    }

    private static void exception(ByteBuffer body) {
        for (int nodes = u16(body); nodes > 0; nodes--) {
            int kind = body.get();
            require(kind >= 0 && kind <= 3);
            body.get();
            int frames = u16(body);
            require(body.getInt() >= 0);
            require(value(body) == STRING);
            int message = value(body);
            require(message == STRING || message == NULL);
            for (; frames > 0; frames--) {
                take(body, body.getInt());
            }
        }
    }

    private static int value(ByteBuffer body) {
        int type = body.get();
        switch (type) {
            case NULL, TRUE, FALSE -> {}
            case LONG, DOUBLE -> body.getLong();
            case FLOAT -> body.getInt();
            case STRING -> take(body, body.getInt());
            default -> require(false);
        }
        return type;
    }
}
