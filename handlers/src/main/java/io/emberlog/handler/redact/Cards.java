package io.emberlog.handler.redact;

/**
 * Card numbers: 13 to 19 digits whose front is one that cards have and whose last digit is right (Luhn, ISO/IEC 7812), in one piece or
 * with single spaces or dashes between. One number of that length and front in ten is right by chance. One thread.
 */
final class Cards {
    private static final int MIN = 13;
    private static final int MAX = 19;

    private final int[] digits = new int[MAX];

    /** @return behind the number that starts there; -1 when none does */
    int end(byte[] text, int from, int at, int to) {
        if (at > from && isPartOfNumber(text, from, at)) {
            return -1;
        }
        int count = 0;
        int end = -1;
        byte separator = 0;
        int i = at;
        while (i < to && count < MAX) {
            if (!Chars.isDigit(text[i])) {
                boolean separates = (text[i] == ' ' || text[i] == '-')
                        && (separator == 0 || separator == text[i])
                        && count >= 4
                        && i + 1 < to
                        && Chars.isDigit(text[i + 1]);
                if (!separates) {
                    break;
                }
                separator = text[i];
                i++;
            }
            digits[count++] = text[i++] - '0';
            if (count >= MIN && endsNumber(text, i, to) && isCard(count)) {
                end = i;
            }
        }
        return end;
    }

    private static boolean isPartOfNumber(byte[] text, int from, int at) {
        return !Chars.startsWord(text, from, at) || text[at - 1] == '.' && at - 1 > from && Chars.isDigit(text[at - 2]);
    }

    private static boolean endsNumber(byte[] text, int at, int to) {
        return at == to || !Chars.isDigit(text[at]) && !(text[at] == '.' && at + 1 < to && Chars.isDigit(text[at + 1]));
    }

    private boolean isCard(int count) {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            int digit = digits[count - 1 - i] << (i & 1);
            sum += digit > 9 ? digit - 9 : digit;
        }
        return sum % 10 == 0 && isIssued();
    }

    /** Fronts in use: 2221-2720, 300-305, 34-39, 4, 5, 6, but for 0 and 1, 7 to 9, which timestamps begin with. */
    private boolean isIssued() {
        int two = digits[0] * 10 + digits[1];
        int four = two * 100 + digits[2] * 10 + digits[3];
        return switch (digits[0]) {
            case 2 -> four >= 2221 && four <= 2720;
            case 3 -> two == 30 && digits[2] <= 5 || two >= 34;
            case 4, 5, 6 -> true;
            default -> false;
        };
    }
}
