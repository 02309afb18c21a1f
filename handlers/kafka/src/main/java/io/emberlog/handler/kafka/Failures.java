package io.emberlog.handler.kafka;

import io.emberlog.handler.tls.TlsAdvice;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What a failure of the producer's means. Stateless. */
final class Failures {
    /** Of a record that was not tried, since one before it could not be sent. */
    static final Throwable NOT_SENT = new TimeoutException("not sent, for one before it was not");

    /** The producer broke its promise to answer within its timeout. */
    static final Throwable NO_ANSWER = new KafkaException("the producer gave no answer within its timeout");

    private Failures() {}

    /** Else the record is to blame. */
    static boolean isOfTheMoment(Throwable failure) {
        return !(failure instanceof RecordTooLargeException
                || failure instanceof RecordBatchTooLargeException
                || failure instanceof SerializationException
                || failure instanceof InvalidRecordException
                || failure instanceof InvalidTimestampException
                || isOfABatchWithABadOne(failure));
    }

    /** Brokers refuse a batch for one record; the others come with this, and are tried alone as the bad one is. */
    private static boolean isOfABatchWithABadOne(Throwable failure) {
        return failure.getClass() == KafkaException.class
                && String.valueOf(failure.getMessage()).contains("part of a batch");
    }

    /** After it the producer is of no more use. */
    static boolean isFatal(Throwable failure) {
        return isOfTheMoment(failure) && !(failure instanceof RetriableException) && failure != NOT_SENT;
    }

    /** The same for the same kind of refusal. */
    static String code(Throwable failure) {
        return failure.getClass().getSimpleName();
    }

    /** For an operator, on one line; not yet redacted. */
    static String told(Throwable failure, String topic) {
        String said = "Kafka: " + text(failure);
        if (failure instanceof SslAuthenticationException) {
            return said + TlsAdvice.of(failure, "tls_key");
        }
        if (failure instanceof AuthenticationException || failure instanceof AuthorizationException) {
            return said + "; allowed: credentials that may write to " + topic;
        }
        boolean isMissing = failure instanceof UnknownTopicOrPartitionException
                || failure instanceof TimeoutException
                        && String.valueOf(failure.getMessage()).contains("not present");
        return isMissing
                ? said + "; allowed: brokers that can be reached, and a topic that exists or is made by them"
                : said;
    }

    /** With what caused it, of which an exception of Kafka's often says nothing itself. */
    static String text(Throwable failure) {
        StringBuilder text = new StringBuilder(one(failure));
        Throwable cause = failure.getCause();
        for (int depth = 0; cause != null && depth < 3; depth++) {
            text.append(" (").append(one(cause)).append(')');
            cause = cause.getCause();
        }
        return text.toString().replaceAll("[\\p{Cntrl}\u2028\u2029]", " ");
    }

    private static String one(Throwable failure) {
        String name = failure instanceof ApiException || failure instanceof KafkaException
                ? failure.getClass().getSimpleName()
                : failure.getClass().getName();
        return failure.getMessage() == null ? name : name + ": " + failure.getMessage();
    }
}
