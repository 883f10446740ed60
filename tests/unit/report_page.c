/* Values in a page remain text: escaping, UTF-8 (RFC 3629), base64 (RFC 4648 section 10), formatted numbers. */
#include "report/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *made;
static size_t made_size;

static vx_page start(void)
{
    free(made);
    return (vx_page){.out = open_memstream(&made, &made_size)};
}

#define PUT(...) (page = start(), vx_put(&page, __VA_ARGS__), fclose(page.out), made)

static void arguments_are_escaped_and_formats_are_not(void **state)
{
    vx_page page;
    (void)state;
    assert_string_equal(PUT("<p>%s</p>", "<script>\"a\" & 'b'</script>"),
                        "<p>&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;</p>");
    assert_string_equal(PUT("%s", "&lt;"), "&amp;lt;");
    char array[] = "<";
    const char constant[] = ">", *pointer = "&", *nothing = NULL;
    char *plain = array;
    assert_string_equal(PUT("%s%s%s%s%s%s", array, constant, pointer, plain, array[0] ? "'" : "", nothing),
                        "&lt;&gt;&amp;&lt;&#39;");
}

static void numbers_go_through(void **state)
{
    vx_page page;
    (void)state;
    assert_string_equal(PUT("%d %lld %zu %.2f %g %+.1e %% %*d", -3, 1LL << 40, (size_t)7, 2.345, 1e-9, 12345.0, 4, 5),
                        "-3 1099511627776 7 2.35 1e-09 +1.2e+04 %    5");
}

static int asked;

static const char *once(void)
{
    asked++;
    return "<";
}

/* Every value is escaped, up to the tenth and last, and each is evaluated once. */
static void many_values(void **state)
{
    vx_page page;
    (void)state;
    assert_string_equal(PUT("none"), "none");
    assert_string_equal(PUT("%s%d%s%d%s%d%s%d%s", "<", 1, "<", 2, "<", 3, "<", 4, "<"), "&lt;1&lt;2&lt;3&lt;4&lt;");
    assert_string_equal(PUT("%s%d%s%d%s%d%s%d%s%s", "<", 1, "<", 2, "<", 3, "<", 4, "<", "&"),
                        "&lt;1&lt;2&lt;3&lt;4&lt;&amp;");
    assert_string_equal(PUT("%s", once()), "&lt;");
    assert_int_equal(asked, 1);
}

/* Invalid UTF-8 and control characters that HTML forbids are replaced by U+FFFD; other text is unchanged. */
static void broken_text_is_replaced(void **state)
{
    vx_page page;
    (void)state;
    assert_string_equal(PUT("%s", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\xA7\xA0"), "\xC3\xA9\xE2\x82\xAC\xF0\x9F\xA7\xA0");
    assert_string_equal(PUT("%s", "a\x80" "b"), "a\xEF\xBF\xBD" "b");             /* a continuation byte alone */
    assert_string_equal(PUT("%s", "\xC3<"), "\xEF\xBF\xBD&lt;");                  /* truncated before '<' */
    assert_string_equal(PUT("%s", "\xC0\xBC"), "\xEF\xBF\xBD\xEF\xBF\xBD");       /* '<' in two bytes */
    assert_string_equal(PUT("%s", "\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"); /* a surrogate */
    assert_string_equal(PUT("%s", "\xF4\x90\x80\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    assert_string_equal(PUT("%s", "\x01\x7F\t\n"), "\xEF\xBF\xBD\xEF\xBF\xBD\t\n");
}

static void base64_is_rfc_4648(void **state)
{
    static const char *const answer[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    (void)state;
    for (size_t n = 0; n <= 6; n++) {
        vx_page page = start();
        vx_put_base64(&page, "foobar", n);
        fclose(page.out);
        assert_string_equal(made, answer[n]);
    }
    vx_page page = start();
    vx_put_base64(&page, "\xFB\xFF\xFE", 3);
    fclose(page.out);
    assert_string_equal(made, "+//+");
}

/* The code points of U+00E9, U+20AC and U+1F9E0, in decimal. */
static void html_becomes_ascii(void **state)
{
    static const char html[] = "<p title=\"\xC3\xA9\">a &lt; \xE2\x82\xAC\xF0\x9F\xA7\xA0</p>";
    vx_page page = start();
    (void)state;
    vx_put_ascii(&page, html, sizeof html - 1);
    vx_put_ascii(&page, html, 0);
    fclose(page.out);
    assert_string_equal(made, "<p title=\"&#233;\">a &lt; &#8364;&#129504;</p>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_are_escaped_and_formats_are_not),
        cmocka_unit_test(numbers_go_through),
        cmocka_unit_test(many_values),
        cmocka_unit_test(broken_text_is_replaced),
        cmocka_unit_test(base64_is_rfc_4648),
        cmocka_unit_test(html_becomes_ascii),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(made);
    return failed;
}
