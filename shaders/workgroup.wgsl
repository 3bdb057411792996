// Threads per workgroup. The host sets it when it builds a pipeline; the default suits real GPUs.

override WORKGROUP: u32 = 64u;
