package io.emberlog.samples.arch;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The module table of docs/architecture.md: arrows point down, and only down. */
class ModuleTableTest {
    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/test-classes/") && !location.contains("-tests.jar"))
            .importPackages("io.emberlog");

    private static final String[] RING = {"io.emberlog.ring..", "io.emberlog.message.."};
    private static final String[] JDK = {"java..", "javax.."};

    private static final String[] HANDLERS_SYSLOG = {
        "io.emberlog.handler.syslog..", "io.emberlog.handler.journald..", "io.emberlog.handler.unix.."
    };

    /** Module by its packages: what it may see besides itself and the JDK. */
    private static final Map<String, List<String>> TABLE = table(
            "io.emberlog.ring..", List.of("io.emberlog.message..", "org.agrona.."),
            "io.emberlog.message..", List.of("io.emberlog.ring..", "org.agrona.."),
            "io.emberlog.heartbeat..", List.of("io.emberlog.ring..", "io.emberlog.message..", "jnr.."),
            "io.emberlog.worker", List.of("io.emberlog.ring..", "io.emberlog.message..", "org.agrona.."),
            "io.emberlog.worker.slf4j..",
                    List.of("io.emberlog.worker", "io.emberlog.ring..", "io.emberlog.message..", "org.slf4j.."),
            "io.emberlog.handler..",
                    List.of("io.emberlog.ring..", "io.emberlog.message..", "org.agrona..", "com.google.re2j.."),
            "io.emberlog.compression..", List.of("io.emberlog.handler..", "com.github.luben..", "net.jpountz.."),
            "io.emberlog.handler.otlp..",
                    List.of(
                            "io.emberlog.handler..",
                            "io.emberlog.message..",
                            "io.opentelemetry.proto..",
                            "com.google.protobuf..",
                            "com.google.rpc..",
                            "io.grpc.."),
            "io.emberlog.handler.kafka..",
                    List.of("io.emberlog.handler..", "io.emberlog.message..", "org.apache.kafka.."),
            "io.emberlog.handler.mail..",
                    List.of(
                            "io.emberlog.handler..",
                            "io.emberlog.message..",
                            "jakarta.mail..",
                            "org.eclipse.angus.mail.."),
            "io.emberlog.handler.syslog..",
                    List.of("io.emberlog.handler..", "io.emberlog.ring..", "io.emberlog.message.."),
            "io.emberlog.handler.journald..",
                    List.of("io.emberlog.handler..", "io.emberlog.ring..", "io.emberlog.message.."),
            "io.emberlog.handler.unix..",
                    List.of("io.emberlog.handler..", "io.emberlog.ring..", "io.emberlog.message..", "jnr.."),
            "io.emberlog.master..",
                    List.of(
                            "io.emberlog.ring..",
                            "io.emberlog.message..",
                            "io.emberlog.heartbeat..",
                            "io.emberlog.handler..",
                            "org.agrona..",
                            "net.openhft..",
                            "jnr..",
                            "picocli..",
                            "org.tomlj..",
                            "tools.jackson.core.."));

    /** By turns a module's packages and what it may see. */
    @SuppressWarnings("unchecked")
    private static Map<String, List<String>> table(Object... cells) {
        Map<String, List<String>> table = new LinkedHashMap<>();
        for (int i = 0; i < cells.length; i += 2) {
            table.put((String) cells[i], (List<String>) cells[i + 1]);
        }
        return table;
    }

    @Test
    void eachModuleSeesOnlyWhatTheTableAllows() {
        TABLE.forEach((module, allowed) -> classes()
                .that()
                .resideInAnyPackage(module)
                .and()
                .resideOutsideOfPackages(modulesWithin(module))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(JDK)
                        .or(resideInAnyPackage(module))
                        .or(resideInAnyPackage(allowed.toArray(new String[0])))
                        .or(arrayOfPrimitives()))
                .check(PRODUCT));
    }

    /** Nested modules have a row of their own. */
    private static String[] modulesWithin(String module) {
        return TABLE.keySet().stream()
                .filter(other -> !other.equals(module) && other.startsWith(module.replace("..", ".")))
                .toArray(String[]::new);
    }

    @Test
    void modulesWithLibrariesOfTheirOwnAreSeenByNoOther() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.emberlog.handler.otlp..",
                        "io.emberlog.handler.kafka..",
                        "io.emberlog.handler.mail..",
                        "io.emberlog.samples..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.emberlog.handler.otlp..", "io.emberlog.handler.kafka..", "io.emberlog.handler.mail..")
                .check(PRODUCT);
    }

    /** Who brings their own handler needs neither the module below {@code handlers} nor what it calls C with. */
    @Test
    void theHandlersKnowNothingOfTheModulesBelowThem() {
        noClasses()
                .that()
                .resideInAPackage("io.emberlog.handler..")
                .and()
                .resideOutsideOfPackages(HANDLERS_SYSLOG)
                .should()
                .dependOnClassesThat(resideInAnyPackage(HANDLERS_SYSLOG).or(resideInAnyPackage("jnr..")))
                .check(PRODUCT);
        noClasses()
                .that()
                .resideInAnyPackage("io.emberlog.handler.syslog..", "io.emberlog.handler.journald..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jnr..")
                .check(PRODUCT);
        noClasses()
                .that()
                .resideInAPackage("io.emberlog.master..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(HANDLERS_SYSLOG)
                .check(PRODUCT);
    }

    @Test
    void everyPackageOfTheProductHasARowInTheTable() {
        classes()
                .should()
                .resideInAnyPackage(
                        "io.emberlog.ring..",
                        "io.emberlog.message..",
                        "io.emberlog.heartbeat..",
                        "io.emberlog.worker..",
                        "io.emberlog.handler..",
                        "io.emberlog.compression..",
                        "io.emberlog.master..",
                        "io.emberlog.samples..",
                        "io.emberlog.bench..")
                .check(PRODUCT);
        assertThat(PRODUCT.size()).as("classes looked at").isGreaterThan(100);
    }

    @Test
    void workerAndMasterShareBytesAndNeverClassesOfEachOther() {
        noClasses()
                .that()
                .resideInAnyPackage("io.emberlog.worker..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.emberlog.master..", "io.emberlog.heartbeat..", "io.emberlog.handler..")
                .check(PRODUCT);
        noClasses()
                .that()
                .resideInAnyPackage("io.emberlog.master..", "io.emberlog.handler..", "io.emberlog.heartbeat..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.emberlog.worker..")
                .check(PRODUCT);
    }

    @Test
    void nothingDependsOnSamplesOrBench() {
        noClasses()
                .that(resideOutsideOfPackages("io.emberlog.samples..", "io.emberlog.bench.."))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.emberlog.samples..", "io.emberlog.bench..")
                .check(PRODUCT);
    }

    @Test
    void theJudgeUsesNoClassOfTheProduct() {
        classes()
                .that()
                .resideInAPackage("io.emberlog.samples.judge..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("java..", "io.emberlog.samples.judge..", "tools.jackson..")
                        .or(arrayOfPrimitives()))
                .check(PRODUCT);
    }

    /** DESIGN 3: they need flags, or warn, on the JDKs that workers run on. */
    @Test
    void whatRunsInAWorkerUsesNoneOfAgronasUnsafeBuffers() {
        noClasses()
                .that()
                .resideInAnyPackage("io.emberlog.worker..", "io.emberlog.ring..", "io.emberlog.message..")
                .should()
                .dependOnClassesThat(describe(
                        "are unsafe",
                        (JavaClass type) -> type.getPackageName().startsWith("org.agrona")
                                && (type.getSimpleName().equals("UnsafeBuffer")
                                        || type.getSimpleName().equals("BufferUtil")
                                        || type.getSimpleName().equals("UnsafeApi")
                                        || type.getSimpleName().startsWith("Expandable"))))
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("sun..", "jdk.internal..")
                .check(PRODUCT);
    }

    /** Virtual threads leave nothing behind, and an application server's threads hold nothing of ours. */
    @Test
    void aWorkerHasNoThreadLocals() {
        noClasses()
                .that()
                .resideInAnyPackage("io.emberlog.worker", "io.emberlog.ring..", "io.emberlog.message..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ThreadLocal.class)
                .check(PRODUCT);
    }

    @Test
    void nothingSleeps() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(PRODUCT);
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .check(PRODUCT);
    }

    @Test
    void aWorkerNeverPrintsToStdout() {
        noClasses()
                .that()
                .resideInAnyPackage("io.emberlog.worker..", "io.emberlog.ring..", "io.emberlog.message..")
                .should()
                .accessField(System.class, "out")
                .check(PRODUCT);
    }

    @Test
    void logCallsTakeNoTypeOfAgronas() {
        classes()
                .that()
                .resideInAPackage("io.emberlog.worker")
                .and()
                .haveModifier(JavaModifier.PUBLIC)
                .should(new PublicSignatures("org.agrona"))
                .check(PRODUCT);
    }

    /** A worker's jars: ours and Agrona, as Maven resolved them for these tests. */
    @Test
    void theDocumentedTableNamesTheSameModules() throws IOException {
        String table = Files.readString(Path.of("../docs/architecture.md"));
        for (String module : List.of(
                "ipc-ringbuffer",
                "heartbeat",
                "worker-logger",
                "worker-logger/slf4j",
                "handlers",
                "handlers/compression",
                "handlers/otlp",
                "handlers/kafka",
                "handlers/mail",
                "handlers/syslog",
                "master-logger",
                "samples",
                "bench",
                "samples/fuzz",
                "samples/concurrency")) {
            assertThat(table).contains("`" + module + "`");
        }
        assertThat(RING).allSatisfy(name -> assertThat(table).contains("`" + name.replace("..", "") + "`"));
    }

    private static DescribedPredicate<JavaClass> arrayOfPrimitives() {
        return describe(
                "are arrays of primitives", type -> type.getBaseComponentType().isPrimitive());
    }
}
