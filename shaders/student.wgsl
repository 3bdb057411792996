// A component with the tails of Student's t distribution, and the logarithm that those need.

#import component

struct Student {
    // factors and shifts are divided by the square root of the degrees of freedom
    component: Component,
    // half the sum of the degrees of freedom and the dimensions of a t distribution
    power: f32,
}

@group(0) @binding(2) var<storage, read> components: array<Student>;

const TWO_LOG2_E = 2.885390081777927;

// log2(1 + z) for z >= 0, with a relative error of at most 12 roundings.
// Many degrees of freedom multiply a logarithm of nearly 1, and there the built-in log2 promises only
// an absolute error (2^-21). So for z < 1 this uses ln(1 + z) = 2 atanh(z / (2 + z)): s is below 1/3,
// and the terms left out are below 2^-25 of the sum.
fn log2_1p(z: vec4<f32>) -> vec4<f32> {
    let s = z / (2.0 + z);
    let u = s * s;
    let tail = u * (1.0 / 3.0 + u * (1.0 / 5.0 + u * (1.0 / 7.0 + u * (1.0 / 9.0 + u * (1.0 / 11.0 + u * (1.0 / 13.0))))));
    return select(log2(1.0 + z), TWO_LOG2_E * s * (1.0 + tail), z < vec4(1.0));
}
