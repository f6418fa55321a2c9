using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Integration.Core.Security;

/// <summary>Reads certificates from PEM and PFX files.</summary>
internal static class TlsCertificates
{
    /// <summary>Our certificate with its private key, and those above it in its chain; null when none is configured.</summary>
    /// <exception cref="CryptographicException">The file is none, has no private key, or the password is wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static (X509Certificate2 Leaf, X509Certificate2Collection Chain)? LoadOwn(TlsOptions options)
    {
        if (options.CertificateFile is not { } file)
        {
            return null;
        }

        return IsPem(file) ? LoadPem(file, options) : LoadPfx(file, options.Password);
    }

    /// <summary>The authorities that are trusted; null: those of the operating system.</summary>
    /// <inheritdoc cref="LoadOwn"/>
    public static X509Certificate2Collection? LoadAuthorities(TlsOptions options)
    {
        if (options.TrustedAuthoritiesFile is not { } file)
        {
            return null;
        }

        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("There is no certificate in it.");
    }

    private static bool IsPem(string file) => File.ReadAllText(file).Contains("-----BEGIN", StringComparison.Ordinal);

    private static (X509Certificate2 Leaf, X509Certificate2Collection Chain) LoadPem(string file, TlsOptions options)
    {
        var keyFile = options.KeyFile ?? file;
        var leaf = options.Password is { } password && File.ReadAllText(keyFile).Contains("ENCRYPTED PRIVATE KEY", StringComparison.Ordinal)
            ? X509Certificate2.CreateFromEncryptedPemFile(file, password, keyFile)
            : X509Certificate2.CreateFromPemFile(file, keyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);
        Remove(chain, leaf);
        return (leaf, chain);
    }

    private static (X509Certificate2 Leaf, X509Certificate2Collection Chain) LoadPfx(string file, string? password)
    {
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(file, password);
        var leaf = all.FirstOrDefault(c => c.HasPrivateKey) ?? throw new CryptographicException("It holds no certificate with a private key.");
        Remove(all, leaf);
        return (leaf, all);
    }

    private static void Remove(X509Certificate2Collection chain, X509Certificate2 leaf)
    {
        foreach (var same in chain.Where(c => c.Thumbprint == leaf.Thumbprint).ToList())
        {
            chain.Remove(same);
        }
    }
}
