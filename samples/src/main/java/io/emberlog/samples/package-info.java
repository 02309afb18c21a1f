/**
 * Runnable examples, and the judge that the crash tests trust: who wrote what, and what of it arrived. Each sub-package
 * names its processes and files. Nothing depends on this module.
 */
package io.emberlog.samples;
