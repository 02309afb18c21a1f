package io.emberlog.samples.arch;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.stream.Stream;

/** What others may call takes and returns nothing of a package. */
final class PublicSignatures extends ArchCondition<JavaClass> {
    private final String packageName;

    PublicSignatures(String packageName) {
        super("have no type of " + packageName + " in a public signature");
        this.packageName = packageName;
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        for (JavaMethod method : type.getMethods()) {
            boolean open = method.getModifiers().contains(JavaModifier.PUBLIC);
            Stream<JavaClass> types =
                    Stream.concat(Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream());
            if (open && types.anyMatch(used -> used.getPackageName().startsWith(packageName))) {
                events.add(
                        SimpleConditionEvent.violated(type, method.getFullName() + " shows a type of " + packageName));
            }
        }
    }
}
