// Components with the tails of Student's t distribution, and the logarithm that those need.

struct Student {
    // factors and shifts are divided by the root of the degrees of freedom
    component: Component,
    // half the degrees of freedom and of the dimensions of a t distribution
    power: f32,
}

@group(0) @binding(2) var<storage, read> components: array<Student>;

const TWO_LOG2_E = 2.885390081777927;

// log2(1 + z) for z from 0, to a relative error of 12 roundings.
// Many degrees of freedom multiply the logarithm of nearly 1 by as many, and there the built-in log2
// promises an absolute error only (2^-21). Below 1 it is taken from ln(1 + z) = 2 atanh(z / (2 + z)):
// s is below 1/3, and the terms left out are below 2^-25 of the sum.
fn log2_1p(z: vec4<f32>) -> vec4<f32> {
    let s = z / (2.0 + z);
    let u = s * s;
    let tail = u * (1.0 / 3.0 + u * (1.0 / 5.0 + u * (1.0 / 7.0 + u * (1.0 / 9.0 + u * (1.0 / 11.0 + u * (1.0 / 13.0))))));
    return select(log2(1.0 + z), TWO_LOG2_E * s * (1.0 + tail), z < vec4(1.0));
}
