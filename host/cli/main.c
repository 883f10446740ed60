/* The program. */
#include <stdio.h>

int main(void)
{
    printf("voxstat %s\n", VOXSTAT_VERSION);
    return 0;
}
