package io.emberlog.handler.otlp;

class OtlpHttpContractTest extends OtlpContractTest {
    OtlpHttpContractTest() {
        super(false);
    }
}
