package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.Records;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathPatternTest {
    private static final List<String> HOSTILE = List.of(
            "",
            ".",
            "..",
            "../../etc/passwd",
            "/etc/passwd",
            "a/b",
            "a\\b",
            "a\0b",
            "a\nb",
            "\u001b[31m",
            " ",
            "~",
            "~none",
            "~overflow",
            "%",
            "%2E",
            "%2e",
            "con",
            "A",
            "a",
            "{worker}",
            "\u202egnp",
            "größe",
            "x".repeat(300),
            "x".repeat(301),
            "/".repeat(300),
            "x.1",
            "x.log",
            "x.log.1");

    @ParameterizedTest
    @CsvSource({
        "/log/app.log,               /log/app.log,             true",
        "/log/app.log,               /log/app2.log,            false",
        "/log/app.log,               /log/{worker}.log,        true",
        "/log/app.log,               /log/{worker}.json,       false",
        "/log/app.log,               /log/w-{worker}.log,      false",
        "/log/w-1.log,               /log/w-{worker}.log,      true",
        "/log/app.log,               /log/{worker}/app.log,    false",
        "/log/x/app.log,             /log/{worker}/app.log,    true",
        "/log/x/app.log,             /log/{worker}/{level}.log, true",
        "/log/w-{worker}.log,        /log/l-{logger}.log,      true",
        "/log/w-{worker}.log,        /log/l-{logger}.json,     false",
        "/log/w/{worker}.log,        /log/l/{logger}.log,      false",
        "/log/{worker}.log,          /log/{logger}.log,        true",
        "/log/~overflow.log,         /log/{worker}/{level}.log, true",
        "/log/{worker}/a.log,        /log/{worker}/b.log,      true",
        "/log/app.log,               /log/app.log.1,           true",
        "/log/{worker}.log,          /log/app.log.12,          true",
        "/log/app.log.1,             /log/app.log.2,           false",
        "/log/app.log,               /log/app.log.0,           false",
        "/log/app.log,               /log/app.log.old,         false",
        "/log/app.log,               /other/app.log.1,         false",
        "/log/app.log,               /log/app.log.1.1,         false",
        "/log/app.log,               /log/app.log.1.gz,        true",
        "/log/app.log,               /log/app.log.2.zst.tmp,   true",
        "/log/app.log,               /log/app.log.gz,          false",
        "/log/{worker}.json,         /log/{worker}.log,        false",
        "/log/~overflow.log.3,       /log/{worker}.log,        true",
    })
    void pathsThatMayBeOneFileAreKnownOrTheirOverflowFiles(String one, String other, boolean mayMeet) {
        PathPattern a = pattern(Path.of(one));
        PathPattern b = pattern(Path.of(other));
        assertThat(a.mayMeet(b)).isEqualTo(mayMeet);
        assertThat(b.mayMeet(a)).isEqualTo(mayMeet);
    }

    @ParameterizedTest
    @CsvSource({
        "/log/current.log, app-{date}.log,   /log/app-2026-01-15.log,      {file}.{number}, true",
        "/log/current.log, app-{date}.log,   /log/app-2026-01-15T10.log,   {file}.{number}, true",
        "/log/current.log, app-{date}.log,   /log/app-2026-01-15.log.2.gz, {file}.{number}, true",
        "/log/current.log, app-{date}.log,   /log/app-2026-1-15.log,       {file}.{number}, false",
        "/log/current.log, app-{date}.log,   /log/app.log,                 {file}-{date},   false",
        "/log/current.log, app-{date}.log,   /log/other.log,               app-{date}.log,  true",
        "/log/current.log, app-{date}.log,   /log/other.log,               other-{date}.log, false",
        "/log/current.log, app-{date}.log,   /log/{worker}.log,            {file}.{date},   true",
        "/log/{worker}.log, {file}.{date},   /log/app.log.2026-01-15,      {file}.{number}, true",
        "/log/{worker}.log, {file}.{date},   /log/app.log.5,               {file}.{number}, false",
    })
    void rotatedNamesMayNotMeetEither(String one, String oneName, String other, String otherName, boolean mayMeet) {
        PathPattern a = PathPattern.of(Path.of(one), RotatedName.of(oneName));
        PathPattern b = PathPattern.of(Path.of(other), RotatedName.of(otherName));
        assertThat(a.mayMeet(b)).isEqualTo(mayMeet);
        assertThat(b.mayMeet(a)).isEqualTo(mayMeet);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/log/app-2026-01-15.log | app-{date}.log | may be the name of a file that is written",
                "/log/{worker}.log | {file}-{date}.log | may be the name of a file that is written",
                "/log/{worker}.gz | {file}.{number} | may be the name of a file that is written",
                "/log/{worker}.log | old-{file}.{number} | does not begin with {file}",
                "/log/{worker}.log | app-{date} | does not begin with {file}",
            })
    void aRotatedNameThatMayBeThatOfAFileInUseIsRefused(String path, String rotated, String message) {
        assertThatThrownBy(() -> PathPattern.of(Path.of(path), RotatedName.of(rotated)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("rotated_name: \"" + rotated + "\"")
                .hasMessageContaining(message);
    }

    @Test
    void aNameThatLeavesNoRoomForARotatedOneIsRefused() {
        assertThatThrownBy(() -> pattern(Path.of("/log/" + "x".repeat(230))))
                .hasMessageContaining("has 230 bytes, and rotated files up to 27 more");
    }

    private static PathPattern pattern(Path path) {
        return PathPattern.of(path, RotatedName.of(RotatedName.NUMBERED));
    }

    private static String expand(String pattern, String worker, String logger, int severity) {
        return pattern(Path.of(pattern)).fileFor(Records.of(worker, logger, severity, 1, "text"));
    }

    @ParameterizedTest
    @CsvSource({
        "/log/{worker}/{logger}.log,       md-1/com.acme.Orders.log",
        "/log/{level}.log,                 warn.log",
        "/log/{service}/all.log,           pricing/all.log",
        "/log/app-{worker}_{level}.json,   app-md-1_warn.json",
        "/log/{worker}-{level}.log,        md%2D1-warn.log",
        "/log/{{x}}/{worker}.log,          md-1.log",
    })
    void placeholdersStandForWhatTheRecordSays(String pattern, String expected) {
        assertThat(expand(pattern, "md-1", "com.acme.Orders", 13)).isEqualTo(expected);
    }

    @Test
    void theDirectoryInFrontOfTheFirstPlaceholderIsTheRoot() {
        assertThat(pattern(Path.of("/var/log/{worker}/x.log")).root()).isEqualTo(Path.of("/var/log"));
        assertThat(pattern(Path.of("/{worker}.log")).root()).isEqualTo(Path.of("/"));
        PathPattern fixed = pattern(Path.of("/var/{{a}}/x}}.log"));
        assertThat(fixed.isFixed()).isTrue();
        assertThat(fixed.fixedPath()).isEqualTo(Path.of("/var/{a}/x}.log"));
        assertThat(pattern(Path.of("/var/log/{worker}/x.log")).overflowFile()).isEqualTo("~overflow.log");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/log/{wroker}.log | unknown placeholder {wroker}; did you mean {worker}?; allowed: {worker}, {service}, {logger}, {level}",
                "/log/{Worker}.log | did you mean {worker}?",
                "/log/{host}.log | unknown placeholder {host}; allowed: {worker}",
                "/log/{worker.log | unknown placeholder {worker.log",
                "/log/worker}.log | has a } without {",
                "/log/{worker} | ends in a placeholder",
                "/log/{worker}.1 | ends like {worker}.log",
                "/log/{worker}{logger}.log | placeholders side by side",
                "/log/{worker}x{logger}.log | separates placeholders by \"x\"",
            })
    void whatCannotBeRightIsRefusedByName(String pattern, String message) {
        assertThatThrownBy(() -> pattern(Path.of(pattern)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("path: \"")
                .hasMessageContaining(message);
    }

    @Test
    void aNameWithoutRoomForAPlaceholderIsRefused() {
        assertThatThrownBy(() -> pattern(Path.of("/log/" + "x".repeat(200) + "{worker}.log")))
                .hasMessageContaining("leaves 24 bytes for a placeholder");
    }

    @Test
    void noNameLeavesTheDirectoryOrTakesTheRoomOfAnother() {
        for (String pattern :
                List.of("/log/{worker}/{logger}.log", "/log/{worker}-{logger}.log", "/log/a{worker}.{logger}z.log")) {
            PathPattern parsed = pattern(Path.of(pattern));
            Map<String, String> files = new HashMap<>();
            for (String worker : HOSTILE) {
                for (String logger : HOSTILE) {
                    check(parsed, worker, logger, files);
                }
            }
        }
    }

    @Test
    void randomNamesNeitherMeetNorLeave() {
        Random random = new Random(20261121);
        PathPattern parsed = pattern(Path.of("/log/{worker}-{logger}.log"));
        Map<String, String> files = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            check(parsed, random(random), random(random), files);
        }
    }

    private static String random(Random random) {
        StringBuilder name = new StringBuilder();
        for (int length = random.nextInt(5); length > 0; length--) {
            name.append("-.%~/a2D".charAt(random.nextInt(8)));
        }
        return name.toString();
    }

    private static void check(PathPattern pattern, String worker, String logger, Map<String, String> files) {
        String file = pattern.fileFor(Records.of(worker, logger, 9, 1, "text"));
        Path path = pattern.root().resolve(file);
        assertThat(path.normalize()).isEqualTo(path);
        assertThat((Object) path).isNotEqualTo(pattern.root().resolve(pattern.overflowFile()));
        assertThat(path.startsWith(pattern.root())).isTrue();
        for (Path name : pattern.root().relativize(path)) {
            assertThat(name.toString().getBytes(StandardCharsets.UTF_8).length).isBetween(1, 228);
            assertThat(name.toString()).matches("[A-Za-z0-9_.%~-]+");
        }
        assertThat(path.getFileName().toString()).endsWith(".log");
        String before = files.put(file, worker + "\u0001" + logger);
        assertThat(before).as(file).isIn(null, worker + "\u0001" + logger);
    }
}
