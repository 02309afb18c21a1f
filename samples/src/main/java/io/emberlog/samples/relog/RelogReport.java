package io.emberlog.samples.relog;

import java.util.List;

/**
 * What became of the files.
 *
 * @param lines in all of them
 * @param same files that the output rebuilds byte for byte
 * @param twice lines in flight at a kill that arrived twice, under two ids
 * @param firstOfSecondLife number, among its lines, of the one with which the killed worker went on
 * @param findings what is wrong
 */
record RelogReport(int files, long lines, int same, int twice, long firstOfSecondLife, List<String> findings) {
    boolean isClean() {
        return findings.isEmpty() && same == files;
    }
}
