package io.emberlog.ring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the rows of a crash table (such as {@code R2}) that a test shows to hold. {@code CrashTableTest} in samples
 * fails when a row of any crash table has no such test.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface CrashRow {
    String[] value();
}
