package io.emberlog.ring;

/** Makes a buffer and reads nothing by it. */
public final class MadeChild {
    private MadeChild() {}

    public static void main(String[] args) {
        new VarHandleBuffer(new byte[Long.BYTES]);
        System.out.println("made");
    }
}
