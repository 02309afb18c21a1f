package io.emberlog.handler.alert;

/** The service works and will not show this text. The message is for operators and holds no secret. */
public final class MessageRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    public MessageRefusedException(String message) {
        super(message);
    }
}
