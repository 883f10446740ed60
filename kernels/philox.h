/* Philox4x32-10: four random 32-bit words for a counter and a key (Salmon et al. 2011, SC'11, section 3.3). Plain
 * reference: Random123, from which the C code takes the same numbers (host/base/random.c). */
#ifndef VX_PHILOX_H
#define VX_PHILOX_H

static uint4 vx_philox(uint4 counter, uint2 key)
{
    const uint2 multiplier = (uint2)(0xd2511f53, 0xcd9e8d57), weyl = (uint2)(0x9e3779b9, 0xbb67ae85);
    for (int round = 0; round < 10; round++, key += weyl) {
        const uint2 high = mul_hi(multiplier, counter.xz), low = multiplier * counter.xz;
        counter = (uint4)(high.y ^ counter.y ^ key.x, low.y, high.x ^ counter.w ^ key.y, low.x);
    }
    return counter;
}

#endif
