package io.emberlog.master.config;

import io.emberlog.handler.SettingKey;
import io.emberlog.handler.SettingType;
import io.emberlog.master.config.ConfigKeys.Section;
import java.util.List;

/** Prints every key with its default, its unit and its sentence: as a TOML file, and as tables for the documentation. */
public final class ReferenceFile {
    private final List<HandlerType> handlerTypes;

    /** @param handlerTypes those whose keys are to be listed, in this order */
    public ReferenceFile(List<HandlerType> handlerTypes) {
        this.handlerTypes = List.copyOf(handlerTypes);
    }

    /**
     * A valid configuration file that changes nothing but the handlers: keys with a default are commented out, so a
     * copy does not pin today's defaults.
     */
    public String toToml() {
        StringBuilder out = new StringBuilder();
        out.append("# Emberlog master: every setting, its default and what it means.\n");
        out.append("# A setting is off while it starts with '#'; what stands there is the default.\n");
        out.append("# Sizes: bytes, or \"64 KiB\", \"100 MB\", \"4 GiB\". Durations: \"250 ms\", \"1 s\", \"5 m\".\n");
        out.append("# Relative paths start at this file's directory. Check with: emberlog validate FILE\n");
        out.append("# live: a reload (SIGHUP) changes it while the master runs, as it does all of a handler's.\n");
        for (Section section : ConfigKeys.SECTIONS) {
            out.append("\n# ")
                    .append(section.doc())
                    .append("\n[")
                    .append(section.name())
                    .append("]\n");
            section.keys().forEach(key -> setting(out, key, section.variable(key)));
        }
        for (HandlerType type : handlerTypes) {
            out.append('\n');
            wrap(out, ConfigKeys.HANDLER.doc());
            out.append("[[handlers]]\n");
            for (SettingKey key : ConfigKeys.HANDLER.keys()) {
                if (key == ConfigKeys.HANDLER_TYPE) {
                    comment(out, key, "");
                    out.append("type = \"").append(type.type()).append("\"\n");
                } else {
                    setting(out, key == ConfigKeys.HANDLER_MIN_LEVEL ? type.minLevel() : key, "");
                }
            }
            type.settings().forEach(key -> setting(out, key, ""));
        }
        return out.toString();
    }

    /** The same as Markdown tables, one for each section and handler type. */
    public String toMarkdown() {
        StringBuilder out = new StringBuilder();
        for (Section section : ConfigKeys.SECTIONS) {
            table(out, "[" + section.name() + "]", section.doc(), section.keys(), true);
        }
        table(out, "[[handlers]]", ConfigKeys.HANDLER.doc(), ConfigKeys.HANDLER.keys(), false);
        for (HandlerType type : handlerTypes) {
            String title = "[[handlers]] type = \"" + type.type() + '"';
            table(out, title, "Beside the keys of every handler:", type.settings(), false);
        }
        return out.toString();
    }

    private static void setting(StringBuilder out, SettingKey key, String variable) {
        comment(out, key, variable);
        out.append(key.isRequired() ? "" : "#").append(key.name()).append(" = ");
        out.append(toml(key.defaultValue().orElseGet(() -> example(key)))).append('\n');
    }

    private static void comment(StringBuilder out, SettingKey key, String variable) {
        out.append('\n');
        wrap(out, key.doc());
        StringBuilder facts = new StringBuilder(key.type().label());
        if (!key.allowed().equals(key.type().allowed())) {
            facts.append(", ").append(key.allowed());
        } else if (!key.unit().isEmpty()) {
            facts.append(", ").append(key.unit());
        }
        facts.append("; ").append(fallback(key));
        if (!variable.isEmpty()) {
            facts.append(key.isLive() ? "; live; $" : "; $").append(variable);
        }
        wrap(out, "(" + facts + ")");
    }

    private static String fallback(SettingKey key) {
        if (key.isRequired()) {
            return "required";
        }
        return "default: "
                + key.defaultValue()
                        .map(ReferenceFile::toml)
                        .orElse(key.defaultNote().isEmpty() ? "not set" : key.defaultNote());
    }

    private static void wrap(StringBuilder out, String text) {
        int column = 0;
        for (String word : text.split(" ")) {
            if (column == 0 || column + word.length() > 98) {
                out.append(column == 0 ? "#" : "\n#");
                column = 1;
            }
            out.append(' ').append(word);
            column += word.length() + 1;
        }
        out.append('\n');
    }

    private static Object example(SettingKey key) {
        if (key.example().isPresent()) {
            return key.example().get();
        }
        return switch (key.type()) {
            case PATH -> "/path/to/" + (key.name().equals("directory") ? "directory" : "file");
            case CHOICE -> key.choices().get(0);
            case BOOL -> false;
            case INT -> 1L;
            case SIZE -> "1 MiB";
            case DURATION -> "1 s";
            case LEVEL -> "info";
            case LIST_OF_STRING -> List.of("example");
            case HEADERS -> List.of("Name: value");
            case SECRET -> "env:NAME";
            case STRING, NAME -> "example";
        };
    }

    private static String toml(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(ReferenceFile::toml).toList().toString();
        }
        if (value instanceof Long || value instanceof Boolean) {
            return value.toString();
        }
        return '"' + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static void table(
            StringBuilder out, String title, String doc, List<SettingKey> keys, boolean tellsWhatIsLive) {
        out.append("### `").append(title).append("`\n\n").append(doc).append("\n\n");
        if (keys.isEmpty()) {
            out.append("None.\n\n");
            return;
        }
        String live = tellsWhatIsLive ? " changes |" : "";
        out.append("| key | default | allowed |").append(live).append(" meaning |\n|---|---|---|");
        out.append(tellsWhatIsLive ? "---|---|\n" : "---|\n");
        for (SettingKey key : keys) {
            String allowed = key.type() == SettingType.SIZE
                            && key.allowed().equals(key.type().allowed())
                    ? "size"
                    : key.allowed();
            String fallback = key.isRequired()
                    ? "required"
                    : key.defaultValue()
                            .map(value -> '`' + toml(value) + '`')
                            .orElse(key.defaultNote().isEmpty() ? "not set" : key.defaultNote());
            out.append("| `").append(key.name()).append("` | ").append(cell(fallback));
            out.append(" | ")
                    .append(cell(allowed))
                    .append(" | ")
                    .append(!tellsWhatIsLive ? "" : key.isLive() ? "live | " : "at a restart | ")
                    .append(cell(key.doc()))
                    .append(" |\n");
        }
        out.append('\n');
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
